//! Plain, gzip and zstd input, told apart by its first bytes.

use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

const READ_BYTES: usize = 128 << 10;

/// How input is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Compression {
    /// One gzip member, or several one after the other.
    Gzip,
    /// zstd frames.
    Zstd,
}

impl Compression {
    /// What input that begins so is compressed with; none if it is plain.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A frame, or a frame to be skipped.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// Why input could not be read on. Travels inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("the {format} data is cut short; {read_bytes} bytes came out of it before")]
    CutShort { format: &'static str, read_bytes: u64 },
    #[error("the {format} data is damaged; {read_bytes} bytes came out of it before ({reason})")]
    Damaged { format: &'static str, read_bytes: u64, reason: io::Error },
    #[error(
        "the {format} data decompresses to more than {limit_bytes} bytes; \
         `--max-file-bytes` sets that limit"
    )]
    TooLarge { format: &'static str, limit_bytes: u64 },
    #[error("the text is UTF-16, expected UTF-8; `iconv -f UTF-16 -t UTF-8` converts it")]
    Utf16,
}

/// The plain bytes of `input`, and at most `limit_bytes` of them if it is compressed.
///
/// # Errors
/// What reading the first bytes says; UTF-16 is refused. The reader gives what it can, then an
/// error that says in one sentence why not more.
pub(crate) fn decompress(
    mut input: impl Read + 'static,
    limit_bytes: u64,
) -> io::Result<Box<dyn Read>> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(io::Error::other(Unreadable::Utf16));
    }
    let compression = Compression::of(&head);
    let input = Cursor::new(head).chain(input);
    let Some(compression) = compression else {
        return Ok(Box::new(input));
    };
    let input = BufReader::with_capacity(READ_BYTES, input);
    let decoder: Box<dyn Read> = match compression {
        Compression::Gzip => Box::new(MultiGzDecoder::new(input)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(input)?),
    };
    Ok(Box::new(Limited { decoder, format: compression.name(), read_bytes: 0, limit_bytes }))
}

/// A decoder that stops at a limit, and says in words what went wrong.
struct Limited {
    decoder: Box<dyn Read>,
    format: &'static str,
    read_bytes: u64,
    limit_bytes: u64,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Self { format, read_bytes, limit_bytes, .. } = *self;
        let room = usize::try_from(limit_bytes - read_bytes).unwrap_or(usize::MAX);
        // At the limit one byte more tells whether the data ends there.
        let mut beyond = [0];
        let length = room.min(buffer.len());
        let buffer = match room {
            0 => &mut beyond,
            _ => &mut buffer[..length],
        };
        match self.decoder.read(buffer) {
            Ok(read) if read > room => {
                Err(io::Error::other(Unreadable::TooLarge { format, limit_bytes }))
            }
            Ok(read) => {
                self.read_bytes += read as u64;
                Ok(read)
            }
            Err(error) => Err(match error.kind() {
                io::ErrorKind::Interrupted => error,
                io::ErrorKind::UnexpectedEof => {
                    io::Error::other(Unreadable::CutShort { format, read_bytes })
                }
                _ => io::Error::other(Unreadable::Damaged { format, read_bytes, reason: error }),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;

    use super::*;

    const TEXT: &[u8] = b"{\"eventName\":\"ConsoleLogin\"}\n";

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 0).unwrap()
    }

    /// What comes out, and what is said at the end.
    fn read(input: Vec<u8>, limit_bytes: u64) -> (Vec<u8>, Option<String>) {
        let mut text = Vec::new();
        let end = decompress(Cursor::new(input), limit_bytes)
            .and_then(|mut reader| reader.read_to_end(&mut text));
        (text, end.err().map(|error| error.to_string()))
    }

    #[test]
    fn plain_gzip_and_zstd() {
        for input in [TEXT.to_vec(), gzip(TEXT), zstd(TEXT)] {
            assert_eq!(read(input, u64::MAX), (TEXT.to_vec(), None));
        }
        for short in [&b""[..], b"{", b"{}\n"] {
            assert_eq!(read(short.to_vec(), u64::MAX), (short.to_vec(), None));
        }
    }

    #[test]
    fn members_and_frames_follow_each_other() {
        for input in [[gzip(TEXT), gzip(TEXT)].concat(), [zstd(TEXT), zstd(TEXT)].concat()] {
            assert_eq!(read(input, u64::MAX), (TEXT.repeat(2), None));
        }
    }

    #[test]
    fn cut_short() {
        let text: Vec<u8> =
            (0..100_000_u32).flat_map(|n| n.wrapping_mul(n).to_le_bytes()).collect();
        for (whole, format) in [(gzip(&text), "gzip"), (zstd(&text), "zstd")] {
            let (read, end) = read(whole[..whole.len() / 2].to_vec(), u64::MAX);
            assert!(!read.is_empty() && text.starts_with(&read), "{format}");
            let expected = format!("the {format} data is cut short; {} bytes came", read.len());
            assert!(end.as_ref().is_some_and(|end| end.starts_with(&expected)), "{end:?}");
        }
    }

    #[test]
    fn damaged() {
        let mut input = gzip(TEXT);
        let end = input.len() - 8;
        input[end] ^= 1;
        let (text, error) = read(input, u64::MAX);
        assert_eq!(text, TEXT);
        assert!(error.unwrap().starts_with("the gzip data is damaged; 29 bytes came out"));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let zeros = vec![b' '; 1 << 20];
        for input in [gzip(&zeros), zstd(&zeros)] {
            assert_eq!(read(input.clone(), 1 << 20), (zeros.clone(), None));
            let (text, error) = read(input, (1 << 20) - 1);
            assert_eq!(text.len(), (1 << 20) - 1);
            assert!(error.unwrap().contains("to more than 1048575 bytes; `--max-file-bytes`"));
        }
        // What is not compressed cannot be a bomb.
        assert_eq!(read(TEXT.to_vec(), 1), (TEXT.to_vec(), None));
    }

    #[test]
    fn utf_16_is_named() {
        let (text, error) = read(b"\xff\xfe{\0}\0".to_vec(), u64::MAX);
        assert_eq!(text, b"");
        assert!(error.unwrap().starts_with("the text is UTF-16, expected UTF-8"));
    }
}
