//! The content of zstd frames.

use std::error::Error;
use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The most memory that a frame may ask for: what the program `zstd` grants without an option.
const WINDOW_BYTES: u64 = 128 << 20;

/// Decompresses any number of frames, one after the other, and skips skippable ones.
pub(crate) struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    is_in_frame: bool,
    /// The number of bytes of the frame that were decompressed.
    decompressed: u64,
}

impl<R: BufRead> Frames<R> {
    pub(crate) fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW_BYTES);
        Self { source, decoder, is_in_frame: false, decompressed: 0 }
    }

    /// Reads the header of the next frame.
    fn open(&mut self) -> io::Result<()> {
        match self.decoder.reset(&mut self.source) {
            Ok(()) => {
                (self.is_in_frame, self.decompressed) = (true, 0);
                Ok(())
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let length = u64::from(length);
                let skipped = io::copy(&mut self.source.by_ref().take(length), &mut io::sink())?;
                if skipped == length { Ok(()) } else { Err(cut_short()) }
            }
            Err(error) => Err(readable(error)),
        }
    }

    /// Ends a frame.
    fn close(&mut self) -> io::Result<()> {
        self.is_in_frame = false;
        // A size of 0 is none.
        let size = self.decoder.content_size();
        if size != 0 && size != self.decompressed {
            return Err(io::Error::other("the zstd data is damaged: its size is wrong"));
        }
        let expected = self.decoder.get_checksum_from_data();
        if expected.is_some() && expected != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other("the zstd data is damaged: its checksum is wrong"));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_in_frame {
                if self.source.fill_buf()?.is_empty() {
                    return Ok(0);
                }
                self.open()?;
            } else if self.decoder.can_collect() > 0 {
                let read = self.decoder.read(buffer)?;
                self.decompressed += read as u64;
                return Ok(read);
            } else if self.decoder.is_finished() {
                self.close()?;
            } else {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.source, one).map_err(readable)?;
            }
        }
    }
}

fn cut_short() -> io::Error {
    io::Error::other("the zstd data is cut short")
}

/// An error in words for the page. Errors of the file itself are passed on.
fn readable(error: FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        match one.downcast_ref::<io::Error>().map(|error| (error.kind(), error)) {
            Some((io::ErrorKind::UnexpectedEof, _)) => return cut_short(),
            Some((_, error)) => return io::Error::other(error.to_string()),
            None => cause = one.source(),
        }
    }
    io::Error::other(format!("the zstd data cannot be decompressed: {error}"))
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// The decompressed bytes, and the error after them.
    fn read(input: &[u8]) -> (Vec<u8>, Option<String>) {
        let mut text = Vec::new();
        // A small buffer, so that parts of the input end anywhere.
        let end = Frames::new(BufReader::with_capacity(7, input)).read_to_end(&mut text);
        (text, end.err().map(|error| error.to_string()))
    }

    fn records() -> Vec<u8> {
        lines(20_000)
    }

    fn lines(count: u32) -> Vec<u8> {
        (0..count).flat_map(|n| format!("{{\"n\":{}}}\n", n.wrapping_mul(n)).into_bytes()).collect()
    }

    fn with_checksum(text: &[u8]) -> Vec<u8> {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        io::copy(&mut &text[..], &mut encoder).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn frames_are_concatenated() {
        let text = records();
        let skippable = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc";
        let input = [
            &skippable[..],
            &zstd::encode_all(&text[..], 19).unwrap(),
            skippable,
            &with_checksum(&text),
            &zstd::encode_all(&b""[..], 0).unwrap(),
        ];
        assert_eq!(read(&input.concat()), ([&text[..], &text].concat(), None));
        assert_eq!(read(b""), (Vec::new(), None));
    }

    #[test]
    fn truncated_data_is_an_error_after_the_intact_part() {
        let (text, whole) = (records(), with_checksum(&records()));
        for length in [3, 5, 9, whole.len() / 2, whole.len() - 1] {
            let (read, error) = read(&whole[..length]);
            assert!(text.starts_with(&read), "{length}");
            assert_eq!(error.as_deref(), Some("the zstd data is cut short"), "{length}");
        }
        let skippable = read(b"\x50\x2a\x4d\x18\x03\x00\x00\x00ab");
        assert_eq!(skippable.1.as_deref(), Some("the zstd data is cut short"));
    }

    #[test]
    fn every_truncated_frame_is_an_error() {
        let text = lines(20).repeat(5);
        for level in [1, 3, 19] {
            let whole = zstd::bulk::compress(&text, level).unwrap();
            for length in 1..whole.len() {
                let (read, error) = read(&whole[..length]);
                assert!(text.starts_with(&read), "{length} of {}, {level}", whole.len());
                assert_eq!(error.as_deref(), Some("the zstd data is cut short"), "{length}");
            }
        }
    }

    #[test]
    fn damaged_data_is_an_error() {
        let mut whole = with_checksum(&records());
        let last = whole.len() - 1;
        whole[last] ^= 1;
        let (text, error) = read(&whole);
        assert_eq!(text, records());
        assert_eq!(error.as_deref(), Some("the zstd data is damaged: its checksum is wrong"));
        // A block of other bytes repeated, one byte shorter than the frame's header says.
        let (text, error) = read(b"\x28\xb5\x2f\xfd\x20\x09\x43\x00\x00a");
        assert_eq!(text, b"aaaaaaaa");
        assert_eq!(error.as_deref(), Some("the zstd data is damaged: its size is wrong"));
        let whole = with_checksum(&lines(200));
        for offset in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[offset] ^= 0x55;
            let (text, error) = read(&damaged);
            assert!(error.is_some() || text == lines(200), "{offset}: {} bytes", text.len());
        }
    }

    #[test]
    fn a_frame_that_asks_for_too_much_memory_is_refused() {
        // A header with a window of 2 GiB.
        let (text, error) = read(b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00");
        assert_eq!(text, b"");
        assert!(error.is_some_and(|error| error.contains("cannot be decompressed")));
    }
}
