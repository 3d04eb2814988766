//! Decompresses gzip as programs write it.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// Decompresses one or more gzip members. Zeros between and after them are skipped: tar and tapes
/// fill their last block with them.
///
/// ```
/// use std::io::Read;
///
/// use sekisho_records::GzipReader;
///
/// let gzip = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0";
/// let padded = [&gzip[..], &[0; 512]].concat();
/// let mut text = String::new();
/// GzipReader::new(&padded[..]).read_to_string(&mut text)?;
/// assert_eq!(text, "{}");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct GzipReader<R> {
    /// The member that is read; none at the end.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> GzipReader<R> {
    /// Reads `input` from its current position to its end.
    pub fn new(input: R) -> Self {
        Self { member: Some(GzDecoder::new(input)) }
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = self.member.as_mut().filter(|_| !buffer.is_empty()) {
            let read = member.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            let has_more = skip_zeros(member.get_mut())?;
            let ended = self.member.take().filter(|_| has_more);
            self.member = ended.map(|member| GzDecoder::new(member.into_inner()));
        }
        Ok(0)
    }
}

/// Skips zeros, and returns whether anything follows.
fn skip_zeros(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(false);
        }
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let has_more = zeros < bytes.len();
        input.consume(zeros);
        if has_more {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn read(gzip: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        // A small buffer, so that what is skipped is longer.
        let input = io::BufReader::with_capacity(16, gzip);
        GzipReader::new(input).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn members_and_zeros_follow_each_other() {
        let zeros = [0; 1000];
        for parts in [
            &[&gzip("a")[..], &gzip("b")][..],
            &[&gzip("ab"), &zeros],
            &[&gzip("a"), &zeros, &gzip("b"), &zeros[..1]],
            &[&gzip(""), &gzip("ab")],
        ] {
            assert_eq!(read(&parts.concat()).unwrap(), "ab");
        }
    }

    #[test]
    fn other_bytes_after_a_member_are_an_error() {
        for rest in [&b"x"[..], b"\0\0x", b"\x1f\x8b"] {
            assert!(read(&[&gzip("a"), rest].concat()).is_err(), "{rest:?}");
        }
        assert!(read(b"").is_err());
    }
}
