//! The rules that match a record.

use serde_json::Value;

/// What a verdict says of rules, and their tags.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    /// The ids of those that match; `None` if the configuration has no rules.
    pub ids: Option<Vec<String>>,
    /// The ids of those for which the event is silenced.
    pub silenced: Vec<String>,
    /// The `tags` of those that match, one value for each rule.
    pub tags: Vec<Value>,
}

impl Matched {
    /// Of a verdict as a host writes it, with the configuration.
    pub fn of(verdict: &Value, configuration: &Value) -> Self {
        let strings = |key: &str| {
            let list = verdict[key].as_array()?;
            Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
        };
        let ids = strings("rules");
        let tags = tags(ids.iter().flatten().map(String::as_str), configuration);
        Matched { ids, silenced: strings("silenced").unwrap_or_default(), tags }
    }
}

/// The `tags` of rules in a configuration, null if a rule has none.
pub fn tags<'i>(ids: impl IntoIterator<Item = &'i str>, configuration: &Value) -> Vec<Value> {
    let rules = configuration["rules"].as_array().map_or(&[][..], Vec::as_slice);
    let of_rule = |id: &str| {
        let rule = rules.iter().find(|rule| rule["id"].as_str() == Some(id));
        rule.map_or(Value::Null, |rule| rule["tags"].clone())
    };
    ids.into_iter().map(of_rule).collect()
}
