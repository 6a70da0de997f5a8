//! What one client has said and heard, and what it may hear next.
use serde_json::Value;

/// Messages that each client says.
pub const MESSAGES: usize = 250;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: i64,
    pub sender: i64,
    pub text: String,
}

/// One of its own messages. The place in the diary is part of the text, and all of the name.
#[derive(Default)]
struct Own {
    text: String,
    sent: u32,
    /// The number under which it is stored.
    id: Option<i64>,
    acknowledged_again: u32,
}

#[derive(Default)]
pub struct Tally {
    pub connections: u32,
    /// Connections that the client broke off.
    pub cuts: u32,
    /// Connections that broke.
    pub broken: u32,
    /// Connections that never came to be.
    pub refused: u32,
    /// Error frames.
    pub errors: u32,
}

pub struct Diary {
    pub name: String,
    pub me: i64,
    pub peer: i64,
    own: Vec<Own>,
    pub lines: Vec<Line>,
    pub tally: Tally,
}

impl Diary {
    pub fn new(name: String, me: i64, peer: i64, fillers: impl IntoIterator<Item = String>) -> Self {
        let text = |(n, filler)| format!("{name}/{n} {filler}");
        let own: Vec<_> = fillers.into_iter().enumerate().map(text).collect();
        let own = own.into_iter().map(|text| Own { text, ..Own::default() }).collect();
        Self { name, me, peer, own, lines: vec![], tally: Tally::default() }
    }

    pub fn last_id(&self) -> usize {
        self.lines.len()
    }
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(|own| own.text.as_str())
    }
    pub fn acknowledged(&self) -> usize {
        self.own.iter().filter(|own| own.id.is_some()).count()
    }
    pub fn acknowledged_again(&self) -> u32 {
        self.own.iter().map(|own| own.acknowledged_again).sum()
    }
    pub fn sent_again(&self) -> u32 {
        self.own.iter().map(|own| own.sent.saturating_sub(1)).sum()
    }
    pub fn is_complete(&self) -> bool {
        self.acknowledged() == MESSAGES && self.lines.len() == 2 * MESSAGES
    }
    /// The first one that was never sent.
    pub fn next(&self) -> Option<usize> {
        self.own.iter().position(|own| own.sent == 0)
    }
    /// Sent, and not acknowledged.
    pub fn open(&self) -> Vec<usize> {
        let open = self.own.iter().enumerate().filter(|(_, own)| own.sent > 0 && own.id.is_none());
        open.map(|(n, _)| n).collect()
    }

    /// The frame that says message `n`.
    pub fn say(&mut self, n: usize) -> String {
        let client_id = self.client_id(n);
        let own = &mut self.own[n];
        own.sent += 1;
        serde_json::json!({ "message": own.text, "client_id": client_id }).to_string()
    }
    fn client_id(&self, n: usize) -> String {
        format!("{}/{n}", self.name)
    }
    fn place(&self, client_id: &str) -> Result<usize, String> {
        let n = client_id.rsplit('/').next().and_then(|n| n.parse().ok()).filter(|n| *n < self.own.len());
        let ours = n.filter(|n| self.client_id(*n) == client_id && self.own[*n].sent > 0);
        ours.ok_or_else(|| format!("{client_id} is no name that it gave"))
    }

    /// Hears a frame. If a message was not stored: which one.
    pub fn hear(&mut self, frame: &str) -> Result<Option<usize>, String> {
        let last = self.last_id();
        self.judge(frame).map_err(|why| format!("{} had seen {last}: {why}: {frame}", self.name))
    }

    fn judge(&mut self, frame: &str) -> Result<Option<usize>, String> {
        let value: Value = serde_json::from_str(frame).map_err(|e| e.to_string())?;
        let client_id = value.get("client_id").map(|id| id.as_str().ok_or("strange")).transpose()?;
        if value.get("error").is_some() {
            self.tally.errors += 1;
            let n = self.place(client_id.ok_or("nobody knows which one")?)?;
            return Ok(self.own[n].id.is_none().then_some(n));
        }
        let number = |key: &str| value[key].as_i64().ok_or(format!("{key} is no number"));
        let text = value["message"].as_str().ok_or("no text")?.to_owned();
        let line = Line { id: number("id")?, sender: number("sender")?, text };
        value["timestamp"].as_str().ok_or("no timestamp")?;
        let own = match client_id {
            Some(client_id) if line.sender == self.me => Some(self.place(client_id)?),
            None if line.sender == self.peer => None,
            _ => return Err("a name belongs to one's own messages, and to no other".to_owned()),
        };
        let next = i64::try_from(self.lines.len() + 1).unwrap();
        if line.id < next {
            let n = own.ok_or("it was heard before")?;
            self.acknowledge_again(n, &line)?;
        } else if line.id > next {
            return Err(format!("{next} is missing"));
        } else {
            if let Some(n) = own {
                self.acknowledge(n, &line)?;
            }
            self.lines.push(line);
        }
        Ok(None)
    }

    fn acknowledge(&mut self, n: usize, line: &Line) -> Result<(), String> {
        let own = &mut self.own[n];
        if own.text != line.text {
            return Err("it said something else".to_owned());
        }
        match own.id.replace(line.id) {
            None => Ok(()),
            Some(first) => Err(format!("it is stored twice: as {first} too")),
        }
    }

    fn acknowledge_again(&mut self, n: usize, line: &Line) -> Result<(), String> {
        let own = &mut self.own[n];
        own.acknowledged_again += 1;
        if own.id != Some(line.id) || own.text != line.text {
            return Err(format!("it was acknowledged as {:?} before", own.id));
        }
        // Each sending after the first one may bring one more.
        if own.acknowledged_again >= own.sent {
            return Err(format!("it comes again, and was sent only {} times", own.sent));
        }
        Ok(())
    }
}
