//! The rows of `tests/cases/forms`: inputs with the events that a form has for them.

use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::case_files;

/// One input, and its event.
#[derive(Clone, Debug)]
pub struct FormRow {
    /// Unique in its folder, in kebab case.
    pub name: String,
    /// The configuration, a JSON object.
    pub configuration: String,
    /// The input.
    pub record: String,
    /// What every host returns; `None` if there is no result.
    pub result: Option<String>,
    /// The input as every host annotates it.
    pub annotated: Option<String>,
}

/// A stream of records, and the events in it.
#[derive(Clone, Debug)]
pub struct FormStream {
    /// Unique in its folder, in kebab case.
    pub name: String,
    /// The configuration, a JSON object.
    pub configuration: String,
    /// The records, in order of arrival.
    pub records: Vec<String>,
    /// The lines that a host has emitted after a flush.
    pub lines: Vec<String>,
}

/// A row in its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRow {
    name: String,
    #[serde(rename = "note")]
    _note: String,
    configuration: Box<RawValue>,
    record: Box<RawValue>,
    result: Option<Box<RawValue>>,
    annotated: Option<Place>,
}

/// Where an annotation is.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// Members of the event at the top of the input.
    Top,
    /// The event under the configured field.
    Field,
}

/// A stream in its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStream {
    name: String,
    #[serde(rename = "note")]
    _note: String,
    configuration: Box<RawValue>,
    records: Vec<Box<RawValue>>,
    lines: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Field {
    field: Option<String>,
}

/// All rows of the `*.jsonl` files in a folder, by file name and line.
///
/// # Panics
/// As [`rows`](crate::rows).
pub fn form_rows(folder: &Path) -> Vec<FormRow> {
    case_files::read(folder, |_, _, source| {
        let row: WrittenRow = serde_json::from_str(source).map_err(|error| error.to_string())?;
        let field: Field =
            serde_json::from_str(row.configuration.get()).map_err(|error| error.to_string())?;
        let (record, result) = (text(&row.record), row.result.as_ref().map(text));
        let (before, after) = record.split_at(record.rfind('}').ok_or("expected an object")?);
        let annotated = match (&result, row.annotated) {
            (Some(json), Some(Place::Top)) => {
                Some(format!("{before},{}{after}", &json[1..json.len() - 1]))
            }
            (Some(json), Some(Place::Field)) => {
                let field = field.field.unwrap_or("signin".to_owned());
                Some(format!("{before},\"{field}\":{json}{after}"))
            }
            (None, None) => None,
            _ => return Err("`annotated` belongs to a result".to_owned()),
        };
        let configuration = text(&row.configuration);
        Ok(FormRow { name: row.name, configuration, record, result, annotated })
    })
}

/// All streams of the `*.jsonl` files in a folder, by file name and line.
///
/// # Panics
/// As [`rows`](crate::rows).
pub fn form_streams(folder: &Path) -> Vec<FormStream> {
    case_files::read(folder, |_, _, source| {
        let row: WrittenStream = serde_json::from_str(source).map_err(|error| error.to_string())?;
        Ok(FormStream {
            name: row.name,
            configuration: text(&row.configuration),
            records: row.records.iter().map(text).collect(),
            lines: row.lines.iter().map(text).collect(),
        })
    })
}

#[allow(clippy::borrowed_box, reason = "the items of an iterator")]
fn text(json: &Box<RawValue>) -> String {
    json.get().to_owned()
}
