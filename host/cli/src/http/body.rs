//! What the body of a request contains.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use hyper::StatusCode;
use memchr::memchr;
use serde_json::value::RawValue;

use super::message::{Request, Response};

/// The maximum size of a body, as sent and decompressed.
pub(crate) const MAX_BODY_BYTES: usize = 32 << 20;

/// What a request posts, decompressed.
///
/// # Errors
/// The answer to a request that posts nothing, or whose body cannot be read.
pub(crate) fn posted(request: &Request) -> Result<Cow<'_, [u8]>, Response> {
    match request.is_post {
        true => decompress(request),
        false => Err(Response::text(StatusCode::METHOD_NOT_ALLOWED, "expected POST")),
    }
}

fn decompress(request: &Request) -> Result<Cow<'_, [u8]>, Response> {
    let body = &request.body[..];
    let encoding = request.content_encoding.trim();
    let input: Box<dyn Read> = match encoding.to_ascii_lowercase().as_str() {
        "" | "identity" => return Ok(Cow::Borrowed(body)),
        "gzip" | "x-gzip" => Box::new(MultiGzDecoder::new(body)),
        "deflate" => Box::new(ZlibDecoder::new(body)),
        "zstd" => Box::new(zstd::Decoder::with_buffer(body).map_err(|error| invalid(&error))?),
        _ => {
            let message = format!("expected gzip, deflate or zstd, found `{encoding}`");
            return Err(Response::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message));
        }
    };
    let mut bytes = Vec::new();
    let limit = MAX_BODY_BYTES as u64;
    input.take(limit + 1).read_to_end(&mut bytes).map_err(|error| invalid(&error))?;
    match bytes.len() > MAX_BODY_BYTES {
        true => Err(too_large()),
        false => Ok(Cow::Owned(bytes)),
    }
}

fn invalid(error: &io::Error) -> Response {
    Response::text(StatusCode::BAD_REQUEST, &format!("the body cannot be decompressed: {error}"))
}

/// The answer to a body that is too large.
pub(crate) fn too_large() -> Response {
    let message = format!("expected at most {MAX_BODY_BYTES} bytes, also when decompressed");
    Response::text(StatusCode::PAYLOAD_TOO_LARGE, &message)
}

/// Calls `visit` for each record of a body: for the elements of JSON arrays and for other JSON values
/// one after another, if it is JSON, and otherwise for each line. None has a line break.
pub(crate) fn visit_lines(content_type: &str, body: &[u8], mut visit: impl FnMut(&[u8])) {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_json = media_type.eq_ignore_ascii_case("application/json");
    if (is_json || body.trim_ascii_start().starts_with(b"["))
        && let Some(values) = json_values(body)
    {
        for value in values {
            visit(&on_one_line(value.get()));
        }
        return;
    }
    let mut rest = body;
    while let Some(end) = memchr(b'\n', rest) {
        visit(&rest[..end]);
        rest = &rest[end + 1..];
    }
    if !rest.is_empty() {
        visit(rest);
    }
}

/// The values of a body that is JSON, and the elements of those that are arrays.
fn json_values(body: &[u8]) -> Option<Vec<&RawValue>> {
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_slice(body).into_iter::<&RawValue>() {
        let value = value.ok()?;
        match value.get().starts_with('[') {
            true => values.extend(serde_json::from_str::<Vec<&RawValue>>(value.get()).ok()?),
            false => values.push(value),
        }
    }
    Some(values)
}

/// A JSON value without line breaks, which are white space in it.
fn on_one_line(value: &str) -> Cow<'_, [u8]> {
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    if !value.as_bytes().iter().any(is_break) {
        return Cow::Borrowed(value.as_bytes());
    }
    let replaced = |byte| if is_break(&byte) { b' ' } else { byte };
    Cow::Owned(value.bytes().map(replaced).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(content_type: &str, body: &str) -> Vec<String> {
        let mut lines = Vec::new();
        visit_lines(content_type, body.as_bytes(), |line| {
            lines.push(String::from_utf8(line.to_vec()).unwrap());
        });
        lines
    }

    #[test]
    fn lines_are_found_in_every_form() {
        let json = "application/json; charset=utf-8";
        for (content_type, body, expected) in [
            ("application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n", &["{\"a\":1}", "{\"a\":2}"][..]),
            ("", "{\"a\":1}\r\n\nno JSON", &["{\"a\":1}\r", "", "no JSON"]),
            ("", " [{\"a\":1},\n {\"b\":\n2}]\n", &["{\"a\":1}", "{\"b\": 2}"]),
            ("application/x-ndjson", "[1,2]\n[3]\n", &["1", "2", "3"]),
            // What looks like an array but is none is forwarded as it is.
            ("", "[warning] a line\n[1]", &["[warning] a line", "[1]"]),
            (json, "{\"a\":\n1}", &["{\"a\": 1}"]),
            (json, "{\"a\":1}{\"a\":2}", &["{\"a\":1}", "{\"a\":2}"]),
            (json, "{\"a\":1}\nno JSON", &["{\"a\":1}", "no JSON"]),
            (json, "", &[]),
            (json, "[]", &[]),
        ] {
            assert_eq!(lines(content_type, body), expected, "{content_type} {body}");
        }
    }

    #[test]
    fn bodies_are_decompressed_up_to_the_limit() {
        let request = |encoding: &str, body: Vec<u8>| Request {
            is_post: true,
            path: "/".to_owned(),
            content_type: String::new(),
            content_encoding: encoding.to_owned(),
            idempotency_key: String::new(),
            body: body.into(),
        };
        let gzip = |bytes: usize| {
            use std::io::Write;
            let level = flate2::Compression::fast();
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(&vec![b'x'; bytes]).unwrap();
            encoder.finish().unwrap()
        };
        let full = request("gzip", gzip(MAX_BODY_BYTES));
        assert_eq!(decompress(&full).unwrap().len(), MAX_BODY_BYTES);
        let zstd = request("zstd", zstd::encode_all(&b"abc"[..], 0).unwrap());
        assert_eq!(&*decompress(&zstd).unwrap(), b"abc");
        for (request, status) in [
            (request("gzip", gzip(MAX_BODY_BYTES + 1)), StatusCode::PAYLOAD_TOO_LARGE),
            (request("gzip", b"no gzip".to_vec()), StatusCode::BAD_REQUEST),
            (request("br", Vec::new()), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ] {
            assert_eq!(decompress(&request).unwrap_err().status, status);
        }
    }
}
