//! One conversation with the mail server: as much of SMTP as handing letters over needs.
use super::letters::Letters;
use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    thread::sleep,
    time::Duration,
};

/// From the end of a letter to the word that it is taken. The issue names it: a real server looks for viruses meanwhile.
pub(super) const TAKES: Duration = Duration::from_millis(50);

/// Until the client leaves.
pub(super) fn converse(tcp: &TcpStream, letters: &Letters) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let (mut reader, mut letter) = (BufReader::new(tcp), None);
    say(tcp, "220 bench")?;
    while let Some(line) = line(&mut reader)? {
        match verb(&line).as_str() {
            "EHLO" => say(tcp, "250-bench\r\n250 8BITMIME")?,
            "MAIL" => say(tcp, "250 good")?,
            "RCPT" => {
                letter = Some(letters.heard(address(&line)));
                say(tcp, "250 good")?;
            }
            "DATA" => {
                say(tcp, "354 go on")?;
                read_content(&mut reader)?;
                sleep(TAKES);
                if let Some(letter) = letter.take() {
                    letters.accepted(letter);
                }
                say(tcp, "250 taken")?;
            }
            "QUIT" => return say(tcp, "221 bye"),
            _ => say(tcp, "502 what?")?,
        }
    }
    Ok(())
}

fn say(mut tcp: &TcpStream, words: &str) -> io::Result<()> {
    tcp.write_all(format!("{words}\r\n").as_bytes())
}

/// `None` when the client has hung up.
fn line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let length = reader.read_until(b'\n', &mut line)?;
    Ok((length > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

fn read_content(reader: &mut impl BufRead) -> io::Result<()> {
    while let Some(line) = line(reader)? {
        if line == ".\r\n" {
            return Ok(());
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

fn verb(line: &str) -> String {
    line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase()
}

fn address(line: &str) -> &str {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address).unwrap_or_default()
}
