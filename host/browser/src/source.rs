//! Files that JavaScript reads.

use std::io::{self, BufReader, Cursor, Read};

use sekisho_browser_source::{ReadBytes, Source};
use sekisho_records::GzipReader;

/// The text in a file, which may be compressed by gzip: its first bytes say so. zstd is decompressed
/// before, by a module of its own.
pub(crate) fn open(file: ReadBytes) -> io::Result<Box<dyn Read>> {
    decompress(Source(file))
}

fn decompress(mut file: impl Read + 'static) -> io::Result<Box<dyn Read>> {
    let mut head = Vec::new();
    file.by_ref().take(4).read_to_end(&mut head)?;
    let whole = Cursor::new(head.clone()).chain(file);
    match *head {
        [0x1f, 0x8b, ..] => Ok(Box::new(Damaged(GzipReader::new(BufReader::new(whole))))),
        [b'P', b'K', ..] => Err(io::Error::other(
            "the file is a ZIP archive, which is not read here; drop the files that are in it",
        )),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Err(io::Error::other("the text is UTF-16, expected UTF-8"))
        }
        _ => Ok(Box::new(whole)),
    }
}

/// A decoder with readable errors.
struct Damaged<R>(R);

impl<R: Read> Read for Damaged<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::other("the gzip data is cut short"),
            io::ErrorKind::Interrupted | io::ErrorKind::Other => error,
            _ => io::Error::other(format!("the gzip data is damaged ({error})")),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn read(bytes: Vec<u8>) -> Result<String, String> {
        let mut text = String::new();
        let read =
            decompress(Cursor::new(bytes)).and_then(|mut file| file.read_to_string(&mut text));
        read.map(|_| text).map_err(|error| error.to_string())
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).expect("into memory");
        encoder.finish().expect("into memory")
    }

    #[test]
    fn plain_and_gzip() {
        assert_eq!(read(b"{}".to_vec()), Ok("{}".to_owned()));
        assert_eq!(read(Vec::new()), Ok(String::new()));
        // Several members, as when files are joined.
        let zeros = vec![0; 512];
        let members = [gzip("{\"a\":"), gzip("1}"), zeros].concat();
        assert_eq!(read(members), Ok("{\"a\":1}".to_owned()));
    }

    #[test]
    fn unreadable_files_have_a_reason() {
        let whole = gzip("{\"eventName\":\"ConsoleLogin\"}");
        let cut = read(whole[..whole.len() - 9].to_vec());
        assert_eq!(cut, Err("the gzip data is cut short".to_owned()));
        let mut damaged = whole;
        damaged[12] ^= 0x55;
        assert!(read(damaged).is_err_and(|error| error.contains("gzip")));
    }
}
