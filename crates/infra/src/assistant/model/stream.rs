//! Server-sent events, as far as answers use them: the data of each event.

/// Puts the bytes of a stream together, wherever they are cut.
#[derive(Default)]
pub(super) struct EventReader {
    /// As far as it has come.
    line: Vec<u8>,
    /// A line feed is then the rest of a line's end.
    after_return: bool,
    /// Of the event that is being read.
    data: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotUtf8;

impl EventReader {
    /// The data of each event that these bytes complete. One that the stream's end cuts off is none, as the standard has it.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, NotUtf8> {
        let mut complete = vec![];
        for byte in bytes {
            let was_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if was_return => {}
                b'\n' | b'\r' => complete.extend(self.end_line()?),
                byte => self.line.push(*byte),
            }
        }
        Ok(complete)
    }

    /// An empty line ends the event.
    fn end_line(&mut self) -> Result<Option<String>, NotUtf8> {
        let line = String::from_utf8(std::mem::take(&mut self.line)).map_err(|_why| NotUtf8)?;
        if line.is_empty() {
            return Ok(self.data.take());
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        if field == "data" {
            self.add(value.strip_prefix(' ').unwrap_or(value));
        }
        Ok(None)
    }

    fn add(&mut self, value: &str) {
        match &mut self.data {
            Some(data) => {
                data.push('\n');
                data.push_str(value);
            }
            None => self.data = Some(value.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAMS: &[(&str, &[&str])] = &[
        ("", &[]),
        ("data: a\n\n", &["a"]),
        ("data:a\n\ndata:  b\n\n", &["a", " b"]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
        ("data: a\r\rdata: b\r\r", &["a", "b"]),
        ("data: a\ndata: b\ndata\n\n", &["a\nb\n"]),
        (": a comment\n\n: data: none\n\ndata: a\n\n", &["a"]),
        ("event: piece\nid: 7\nretry: 1\ndata: a\n\n", &["a"]),
        ("\n\n\ndata: a\n\n\n\n", &["a"]),
        ("database: none\n\ndata: ё 🌱: x\n\n", &["ё 🌱: x"]),
        ("data: whole\n\ndata: cut off\n", &["whole"]),
    ];

    #[test]
    fn events_are_the_same_wherever_the_stream_is_cut() {
        for (stream, expected) in STREAMS {
            for size in 1..=stream.len().max(1) {
                let mut reader = EventReader::default();
                let read = stream.as_bytes().chunks(size).flat_map(|chunk| reader.push(chunk).unwrap());
                assert_eq!(read.collect::<Vec<_>>(), *expected, "{stream:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_no_event() {
        assert_eq!(EventReader::default().push(b"data: \xff\n\n"), Err(NotUtf8));
    }
}
