//! Decompresses gzip and zstd input, which is detected by its first bytes.

use std::io::{self, BufReader, Cursor, Read};

use sekisho_records::GzipReader;

const READ_BYTES: usize = 128 << 10;

/// A compression format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Compression {
    /// One or more gzip members, with zeros after each.
    Gzip,
    /// One or more zstd frames.
    Zstd,
}

impl Compression {
    /// The format of input that begins with `head`; none if it is not compressed.
    pub(crate) fn detect(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A frame, or a skippable frame.
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

/// Why input cannot be decompressed. Wrapped in an [`io::Error`].
#[derive(Debug, thiserror::Error)]
enum DecompressError {
    #[error("the {format} data is truncated after {read_bytes} decompressed bytes")]
    Truncated { format: &'static str, read_bytes: u64 },
    #[error("the {format} data is corrupt after {read_bytes} decompressed bytes: {reason}")]
    Corrupt { format: &'static str, read_bytes: u64, reason: io::Error },
    #[error(
        "the {format} data decompresses to more than {limit_bytes} bytes; \
         `--max-file-bytes` raises the limit"
    )]
    TooLarge { format: &'static str, limit_bytes: u64 },
    #[error("expected UTF-8, found UTF-16; convert it with `iconv -f UTF-16 -t UTF-8`")]
    Utf16,
}

/// A reader of the decompressed bytes of `input`, limited to `limit_bytes` if it is compressed.
///
/// # Errors
/// An error of `input` while reading its first bytes, or UTF-16 input. The reader returns an error
/// after the bytes that could be decompressed.
pub(crate) fn decompress(
    mut input: impl Read + 'static,
    limit_bytes: u64,
) -> io::Result<Box<dyn Read>> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(io::Error::other(DecompressError::Utf16));
    }
    let compression = Compression::detect(&head);
    let input = Cursor::new(head).chain(input);
    let Some(compression) = compression else {
        return Ok(Box::new(input));
    };
    let input = BufReader::with_capacity(READ_BYTES, input);
    let decoder: Box<dyn Read> = match compression {
        Compression::Gzip => Box::new(GzipReader::new(input)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(input)?),
    };
    Ok(Box::new(Limited { decoder, format: compression.name(), read_bytes: 0, limit_bytes }))
}

/// A decoder with a limit, and with error messages for users.
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
        // At the limit, reading one more byte shows whether the data ends there.
        let mut beyond = [0];
        let length = room.min(buffer.len());
        let buffer = match room {
            0 => &mut beyond,
            _ => &mut buffer[..length],
        };
        match self.decoder.read(buffer) {
            Ok(read) if read > room => {
                Err(io::Error::other(DecompressError::TooLarge { format, limit_bytes }))
            }
            Ok(read) => {
                self.read_bytes += read as u64;
                Ok(read)
            }
            Err(error) => Err(match error.kind() {
                io::ErrorKind::Interrupted => error,
                io::ErrorKind::UnexpectedEof => {
                    io::Error::other(DecompressError::Truncated { format, read_bytes })
                }
                _ => {
                    io::Error::other(DecompressError::Corrupt { format, read_bytes, reason: error })
                }
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

    /// The decompressed bytes, and the error after them.
    fn read(input: Vec<u8>, limit_bytes: u64) -> (Vec<u8>, Option<String>) {
        let mut text = Vec::new();
        let end = decompress(Cursor::new(input), limit_bytes)
            .and_then(|mut reader| reader.read_to_end(&mut text));
        (text, end.err().map(|error| error.to_string()))
    }

    #[test]
    fn the_format_is_detected() {
        for input in [TEXT.to_vec(), gzip(TEXT), zstd(TEXT)] {
            assert_eq!(read(input, u64::MAX), (TEXT.to_vec(), None));
        }
        for short in [&b""[..], b"{", b"{}\n"] {
            assert_eq!(read(short.to_vec(), u64::MAX), (short.to_vec(), None));
        }
    }

    #[test]
    fn members_and_frames_are_concatenated() {
        let padded = [gzip(TEXT), vec![0; 700], gzip(TEXT), vec![0; 512]].concat();
        for input in [[gzip(TEXT), gzip(TEXT)].concat(), padded, [zstd(TEXT), zstd(TEXT)].concat()]
        {
            assert_eq!(read(input, u64::MAX), (TEXT.repeat(2), None));
        }
    }

    #[test]
    fn truncated_data_is_an_error_after_the_intact_part() {
        let text: Vec<u8> =
            (0..100_000_u32).flat_map(|n| n.wrapping_mul(n).to_le_bytes()).collect();
        for (whole, format) in [(gzip(&text), "gzip"), (zstd(&text), "zstd")] {
            let (read, end) = read(whole[..whole.len() / 2].to_vec(), u64::MAX);
            assert!(!read.is_empty() && text.starts_with(&read), "{format}");
            let expected =
                format!("the {format} data is truncated after {} decompressed", read.len());
            assert!(end.as_ref().is_some_and(|end| end.starts_with(&expected)), "{end:?}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_an_error() {
        let mut input = gzip(TEXT);
        let end = input.len() - 8;
        input[end] ^= 1;
        let (text, error) = read(input, u64::MAX);
        assert_eq!(text, TEXT);
        assert!(error.unwrap().starts_with("the gzip data is corrupt after 29 decompressed bytes"));
    }

    #[test]
    fn decompression_stops_at_the_limit() {
        let zeros = vec![b' '; 1 << 20];
        for input in [gzip(&zeros), zstd(&zeros)] {
            assert_eq!(read(input.clone(), 1 << 20), (zeros.clone(), None));
            let (text, error) = read(input, (1 << 20) - 1);
            assert_eq!(text.len(), (1 << 20) - 1);
            assert!(error.unwrap().contains("to more than 1048575 bytes; `--max-file-bytes`"));
        }
        // Plain input has no limit.
        assert_eq!(read(TEXT.to_vec(), 1), (TEXT.to_vec(), None));
    }

    #[test]
    fn utf_16_is_rejected() {
        let (text, error) = read(b"\xff\xfe{\0}\0".to_vec(), u64::MAX);
        assert_eq!(text, b"");
        assert!(error.unwrap().starts_with("expected UTF-8, found UTF-16"));
    }
}
