//! The list that holds the records of an input with several.

use sekisho_scan::{Reader, Value};

use crate::error::Error;
use crate::place::SearchBuffers;
use crate::search::search_list;

/// Finds the list that holds the records of an input, after [`Error::SeveralRecords`].
///
/// Text around the list is decoded into buffers that this value keeps.
///
/// ```
/// use sekisho::RecordList;
///
/// let login = r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventTime":"2026-02-03T04:05:06Z"}"#;
/// let result = format!(r#"{{"took":3,"hits":{{"hits":[{{"_source":{login}}},{{"_source":{login}}}]}}}}"#);
/// let mut list = RecordList::default();
/// let elements: Vec<_> = list.elements(result.as_bytes())?.expect("a list").collect();
/// assert_eq!(elements.len(), 2);
/// assert_eq!(elements[0].json, format!(r#"{{"_source":{login}}}"#).as_bytes());
/// assert_eq!(elements[0].offset, r#"{"took":3,"hits":{"hits":["#.len());
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct RecordList {
    buffers: SearchBuffers,
}

/// An element of a list of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListElement<'a> {
    /// The offset of its first byte in the input, or of the outermost string of JSON text around
    /// it.
    pub offset: usize,
    /// Its JSON.
    pub json: &'a [u8],
}

impl RecordList {
    /// The elements of the outermost array that has all records of an object; an element may have
    /// none, one or several. `None` if no array has all of them, or if there are fewer than two.
    ///
    /// # Errors
    /// The input is not well-formed, or memory ran out.
    pub fn elements<'a>(
        &'a mut self,
        input: &'a [u8],
    ) -> Result<Option<impl Iterator<Item = ListElement<'a>>>, Error> {
        let Some(place) = search_list(input, &mut self.buffers)? else { return Ok(None) };
        let list = place.open(input, &mut self.buffers)?;
        let mut reader = Reader::new(list);
        reader.enter()?;
        let element = move |Value { raw, offset, .. }: Value<'a>| ListElement {
            offset: place.text_offset().unwrap_or(place.start() + offset),
            json: raw,
        };
        Ok(Some(core::iter::from_fn(move || {
            // The search has read the list to its end: it is well-formed.
            let is_element = reader.next_element().unwrap_or(false);
            if is_element { reader.value().ok().map(element) } else { None }
        })))
    }
}
