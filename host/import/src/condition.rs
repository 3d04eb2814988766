//! The `condition` of a Sigma rule.

use crate::refusal::Refusal;
use crate::tree::Node;

/// A condition on the names of searches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Search(String),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// Parses the condition. `names` are the names of the searches.
pub(crate) fn parse(node: &Node, names: &[&str]) -> Result<Condition, Refusal> {
    let text = node
        .text()
        .ok_or_else(|| Refusal::new(&node.span, "expected one condition, found another value"))?;
    if text.contains('|') {
        return Err(Refusal::new(&node.span, "an aggregation in a condition: use a correlation"));
    }
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { tokens: &tokens, names, depth: 0 };
    let condition = parser.any().and_then(|condition| match parser.tokens {
        [] => Ok(condition),
        [next, ..] => Err(format!("expected the end of the condition, found `{next}`")),
    });
    condition.map_err(|message| Refusal::new(&node.span, message))
}

struct Parser<'a> {
    tokens: &'a [&'a str],
    names: &'a [&'a str],
    /// The parentheses and `not`s that are open.
    depth: u32,
}

/// More parentheses are not a rule that somebody wrote.
const MAX_DEPTH: u32 = 64;

impl Parser<'_> {
    fn next(&mut self) -> Option<&str> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn skip(&mut self, word: &str) -> bool {
        let is_next = self.tokens.first().is_some_and(|next| next.eq_ignore_ascii_case(word));
        if is_next {
            self.next();
        }
        is_next
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut conditions = vec![self.all()?];
        while self.skip("or") {
            conditions.push(self.all()?);
        }
        Ok(Condition::Any(conditions))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut conditions = vec![self.one()?];
        while self.skip("and") {
            conditions.push(self.one()?);
        }
        Ok(Condition::All(conditions))
    }

    fn one(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} nested conditions"));
        }
        let condition = if self.skip("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.skip("(") {
            let inner = self.any()?;
            if !self.skip(")") {
                return Err("expected `)`".to_owned());
            }
            inner
        } else if matches!(self.tokens, [_, of, ..] if of.eq_ignore_ascii_case("of")) {
            self.of()?
        } else {
            let names = self.names;
            match self.next() {
                Some(name) if names.contains(&name) => Condition::Search(name.to_owned()),
                Some(name) => return Err(format!("there is no search `{name}`")),
                None => return Err("expected the name of a search".to_owned()),
            }
        };
        self.depth -= 1;
        Ok(condition)
    }

    /// `1 of them`, `all of selection_*`.
    fn of(&mut self) -> Result<Condition, String> {
        let count = self.next().unwrap_or_default().to_owned();
        self.next();
        let names = self.names;
        let which = self.next().ok_or("expected `them` or names after `of`")?;
        let is_meant = |name: &&&str| match which.split_once('*') {
            _ if which == "them" => !name.starts_with('_'),
            Some((start, end)) => {
                name.len() >= start.len() + end.len()
                    && name.starts_with(start)
                    && name.ends_with(end)
            }
            None => **name == which,
        };
        let meant: Vec<Condition> =
            names.iter().filter(is_meant).map(|name| Condition::Search((*name).into())).collect();
        if meant.is_empty() {
            return Err(format!("no search is named as `{which}`"));
        }
        match &*count {
            "1" | "any" => Ok(Condition::Any(meant)),
            "all" => Ok(Condition::All(meant)),
            other => Err(format!("`{other} of`: expected `1 of` or `all of`")),
        }
    }
}
