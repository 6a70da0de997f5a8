//! A request as a server of the test's own has heard it.
use std::io::{self, BufRead};

#[derive(Debug, Clone)]
pub struct ReceivedRequest {
    pub line: String,
    /// Their names in lower case.
    headers: Vec<(String, String)>,
    pub body: String,
}

impl ReceivedRequest {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut lines = vec![];
        loop {
            let mut line = String::new();
            from.read_line(&mut line)?;
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let pair = |line: &String| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        let headers: Vec<_> = lines.iter().skip(1).filter_map(pair).collect();
        let length =
            headers.iter().find(|(name, _)| name == "content-length").map_or("0", |(_, value)| value);
        let mut body = vec![0; length.parse().map_err(io::Error::other)?];
        from.read_exact(&mut body)?;
        let body = String::from_utf8(body).map_err(io::Error::other)?;
        Ok(Self { line: lines.first().cloned().unwrap_or_default(), headers, body })
    }
}
