//! Sigma rules.

use serde_json::Value;

use crate::boolean::{Formula, alternatives};
use crate::condition::{self, Condition};
use crate::correlation::{Referable, correlation};
use crate::field::{Options, field};
use crate::ids::id;
use crate::pattern::pattern;
use crate::refusal::Refusal;
use crate::rule::{Definition, Imported, Rule};
use crate::tree::{Content, Node, documents};

/// Imports Sigma rules and correlations from files that may refer to each other. Each YAML document is
/// a rule; the result has an element for each file, in their order.
pub fn sigma(files: &[&str], options: &Options) -> Vec<Imported> {
    let files: Vec<_> = files.iter().map(|file| documents(file)).collect();
    let all = files.iter().flatten().flatten();
    let referable =
        |document| Referable { document, is_imported: rule(document, &[], options).is_ok() };
    let referable: Vec<_> = all.map(referable).collect();
    let import = |file: &Result<Vec<Node>, Refusal>| match file {
        Ok(documents) => {
            let mut imported = Imported::default();
            for document in documents {
                imported.add(rule(document, &referable, options));
            }
            imported
        }
        Err(refusal) => Imported::refused(refusal.clone()),
    };
    files.iter().map(import).collect()
}

fn rule(document: &Node, all: &[Referable<'_>], options: &Options) -> Result<Rule, Refusal> {
    let title = document.text_of("title");
    let title = title.ok_or_else(|| Refusal::new(&document.span, "expected a `title`"))?;
    let definition = match (document.get("correlation"), document.get("detection")) {
        (Some(node), _) => Definition::Correlation(correlation(node, all)?),
        (None, Some(detection)) => {
            check_logsource(document)?;
            Definition::Pattern(detected(detection, options)?)
        }
        _ => return Err(Refusal::new(&document.span, "expected `detection` or `correlation`")),
    };
    let texts = |key: &str| document.get(key).map(Node::texts).unwrap_or_default();
    let description = match document.text_of("description") {
        Some(text) => format!("{title}. {}", text.trim()),
        None => title.to_owned(),
    };
    Ok(Rule {
        span: document.span.clone(),
        id: id(document)?,
        severity: severity(document)?,
        description,
        tags: texts("tags"),
        references: texts("references"),
        definition,
    })
}

fn severity(document: &Node) -> Result<String, Refusal> {
    const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];
    let Some(level) = document.get("level") else { return Ok("medium".to_owned()) };
    match level.text() {
        Some(text) if LEVELS.contains(&text) => Ok(text.to_owned()),
        _ => Err(Refusal::new(&level.span, format!("expected one of {}", LEVELS.join(", ")))),
    }
}

fn check_logsource(document: &Node) -> Result<(), Refusal> {
    let Some(source) = document.get("logsource") else {
        return Err(Refusal::new(&document.span, "expected a `logsource`"));
    };
    for (key, expected) in [("product", "aws"), ("service", "cloudtrail")] {
        let found = source.get(key);
        if found.and_then(Node::text) != Some(expected) {
            let span = found.map_or(&source.span, |found| &found.span);
            return Err(Refusal::new(span, format!("expected `{key}: {expected}`")));
        }
    }
    Ok(())
}

fn detected(detection: &Node, options: &Options) -> Result<Value, Refusal> {
    let mut names = Vec::new();
    let mut condition = None;
    for (key, value) in detection.entries() {
        match key.text() {
            Some("condition") => condition = Some(value),
            Some("timeframe") => {
                return Err(Refusal::new(&key.span, "a timeframe: use a correlation"));
            }
            Some(name) => names.push(name),
            None => {}
        }
    }
    let node = condition.ok_or_else(|| Refusal::new(&detection.span, "expected a `condition`"))?;
    let condition = condition::parse(node, &names)?;
    let formula = formula(&condition, detection, options)?;
    pattern(&alternatives(&formula, &node.span)?, &node.span)
}

fn formula(condition: &Condition, detection: &Node, options: &Options) -> Result<Formula, Refusal> {
    let each = |conditions: &[Condition]| -> Result<Vec<Formula>, Refusal> {
        conditions.iter().map(|one| formula(one, detection, options)).collect()
    };
    Ok(match condition {
        Condition::Not(inner) => Formula::Not(Box::new(formula(inner, detection, options)?)),
        Condition::All(all) => Formula::All(each(all)?),
        Condition::Any(any) => Formula::Any(each(any)?),
        Condition::Search(name) => {
            let searched = detection.get(name);
            let searched =
                searched.ok_or_else(|| Refusal::new(&detection.span, format!("no `{name}`")))?;
            search(searched, options)?
        }
    })
}

fn search(node: &Node, options: &Options) -> Result<Formula, Refusal> {
    match &node.content {
        Content::Map(entries) => {
            let fields = entries.iter().map(|(key, value)| field(key, value, options));
            Ok(Formula::All(fields.collect::<Result<_, _>>()?))
        }
        Content::List(elements) => {
            let searches = elements.iter().map(|element| search(element, options));
            Ok(Formula::Any(searches.collect::<Result<_, _>>()?))
        }
        Content::Scalar(_) => {
            Err(Refusal::new(&node.span, "a keyword: EventBridge looks at fields only"))
        }
    }
}
