//! Sockets that are opened and left alone, as most are at any time: what each holds in memory.
use super::open::open;
use crate::{
    Done,
    fill::QUIET_DOCTOR,
    fixture::Voice,
    machine::{cpu_of, memory_of, own_cpu},
    numbers::as_f64,
    options::Run,
    site::Site,
    wire::{Base, Slice},
};
use futures_util::StreamExt;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::sleep,
};

/// Handshakes at the same time: as many as clients that come back after a restart of the network.
const OPENING_AT_ONCE: usize = 64;
/// Until the server has let go of what opening took.
const SETTLING: Duration = Duration::from_secs(2);

pub(super) struct Idle {
    /// Of the opening.
    pub slice: Slice,
    pub kib_each: f64,
}

pub(super) fn measure(site: &Site, args: &Run) -> Done<Idle> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(open_all(site, args))
}

async fn open_all(site: &Site, args: &Run) -> Done<Idle> {
    let pid = site.carebase.child.pid();
    let before = memory_of(pid)?.resident_kib;
    let (begun, cpu, own) = (Instant::now(), cpu_of(pid)?, own_cpu()?);
    let gate = Arc::new(Semaphore::new(OPENING_AT_ONCE));
    let (tell, mut told) = mpsc::unbounded_channel();
    let (over, until) = watch::channel(());
    for n in 0..args.idle {
        let voice =
            site.fixture.idlers.get(n % site.fixture.idlers.len().max(1)).cloned().ok_or("nobody is idle")?;
        // A client has the notifications' socket open always, and often a conversation.
        let path =
            if n % 2 == 0 { "/ws/notifications/".to_owned() } else { format!("/ws/chat/{QUIET_DOCTOR}/") };
        let permit = gate.clone();
        tokio::spawn(stay(site.fixture.base.clone(), path, voice, permit, tell.clone(), until.clone()));
    }
    drop(tell);
    let (mut slice, mut opened) = (Slice::empty()?, 0);
    while opened < args.idle {
        match told.recv().await.ok_or("somebody left without a word")? {
            Ok(took) => slice.answered(took),
            Err(why) => slice.failed(why),
        }
        opened += 1;
    }
    slice.seconds = begun.elapsed().as_secs_f64();
    slice.server_cpu = Some((cpu_of(pid)? - cpu).as_secs_f64());
    slice.own_cpu = (own_cpu()? - own).as_secs_f64();
    sleep(SETTLING).await;
    // A socket that was closed meanwhile has said so.
    while let Ok(Err(why)) = told.try_recv() {
        slice.failed(why);
    }
    let after = memory_of(pid)?.resident_kib;
    drop(over);
    let kib_each = as_f64(after.saturating_sub(before)) / as_f64(args.idle.max(1) as u64);
    Ok(Idle { slice, kib_each })
}

/// Opens one, tells how long that took, and reads until all is over: pings are answered while one reads.
async fn stay(
    base: Base,
    path: String,
    voice: Voice,
    gate: Arc<Semaphore>,
    tell: mpsc::UnboundedSender<Result<Duration, String>>,
    mut until: watch::Receiver<()>,
) {
    let permit = gate.acquire().await;
    let begun = Instant::now();
    let mut socket = match open(&base, &path, &voice.token).await {
        Ok(socket) => socket,
        Err(why) => return drop(tell.send(Err(why.to_string()))),
    };
    drop(permit);
    drop(tell.send(Ok(begun.elapsed())));
    loop {
        tokio::select! {
            _ = until.changed() => return,
            frame = socket.next() => match frame {
                Some(Ok(_)) => {}
                Some(Err(why)) => return drop(tell.send(Err(format!("an idle socket broke: {why}")))),
                None => return drop(tell.send(Err("an idle socket was closed".into()))),
            }
        }
    }
}
