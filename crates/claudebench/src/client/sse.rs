//! Server-sent events, read from a stream of bytes.

/// The longest line, and the longest event, in bytes.
const MAX: usize = 8 << 20;

/// One message of the stream.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Message {
    /// Its kind; empty for the ordinary.
    pub(super) event: String,
    /// Its lines; none if it only says where the stream stands.
    pub(super) data: Option<String>,
    /// The place to resume from.
    pub(super) id: Option<String>,
}

/// A stream that cannot be read on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an event longer than {MAX} bytes")]
pub(super) struct TooLong;

/// Puts bytes together to messages.
#[derive(Default, Debug)]
pub(super) struct Reader {
    line: Vec<u8>,
    message: Message,
    after_return: bool,
}

impl Reader {
    /// Reads on; what is whole goes to `to`.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        to: &mut impl Extend<Message>,
    ) -> Result<(), TooLong> {
        for &byte in bytes {
            let ends = match byte {
                // The second half of a line end.
                b'\n' if self.after_return => {
                    self.after_return = false;
                    continue;
                }
                b'\r' | b'\n' => true,
                _ => false,
            };
            self.after_return = byte == b'\r';
            if !ends {
                if self.line.len() >= MAX {
                    return Err(TooLong);
                }
                self.line.push(byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            if let Some(message) = self.end_of(&String::from_utf8_lossy(&line))? {
                to.extend([message]);
            }
        }
        Ok(())
    }

    fn end_of(&mut self, line: &str) -> Result<Option<Message>, TooLong> {
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            return Ok((message.data.is_some() || message.id.is_some()).then_some(message));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.message.event),
            "id" => self.message.id = Some(value.to_owned()),
            "data" => {
                let before = self.message.data.take();
                if before.as_ref().map_or(0, String::len) + value.len() >= MAX {
                    return Err(TooLong);
                }
                self.message.data = Some(match before {
                    Some(before) => before + "\n" + value,
                    None => value.to_owned(),
                });
            }
            // A comment, or a field that concerns a browser.
            _ => {}
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(event: &str, data: Option<&str>, id: Option<&str>) -> Message {
        let data = data.map(str::to_owned);
        Message { event: event.into(), data, id: id.map(str::to_owned) }
    }

    #[test]
    fn messages_are_put_together_however_they_are_cut() {
        let text = ": hello\r\n\r\nid: 7\ndata: {\"a\":1}\n\nevent:lagged\rdata:x\rdata:\rdata: y\r\r\
                    retry: 10\nid: 8\n: connected\n\nretry: 1\n\ndata\n\nid: 9\n";
        let expected = [
            message("", Some("{\"a\":1}"), Some("7")),
            message("lagged", Some("x\n\ny"), None),
            message("", None, Some("8")),
            message("", Some(""), None),
        ];
        for size in [1, 2, 3, 7, text.len()] {
            let mut reader = Reader::default();
            let mut seen = Vec::new();
            for part in text.as_bytes().chunks(size) {
                reader.read(part, &mut seen).unwrap();
            }
            assert_eq!(seen, expected, "in parts of {size}");
        }
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut reader = Reader::default();
        let mut seen: Vec<Message> = Vec::new();
        let part = vec![b'x'; MAX];
        assert_eq!(reader.read(&part, &mut seen), Ok(()));
        assert_eq!(reader.read(b"x", &mut seen), Err(TooLong));
    }
}
