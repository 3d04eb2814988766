//! Formulas of tests, and their normal form: alternatives of which one must hold.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::value_test::Test;

/// A formula.
#[derive(Clone, Debug)]
pub(crate) enum Formula {
    Literal(Literal),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// A field that meets one of some tests.
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    pub(crate) path: String,
    pub(crate) tests: Vec<Test>,
    pub(crate) span: Range<usize>,
}

/// What a field must be.
#[derive(Clone, Debug)]
struct Constraint {
    is_not: bool,
    /// Whether the field may be absent, although `is_not`.
    may_be_absent: bool,
    tests: Vec<Test>,
    span: Range<usize>,
}

/// Fields, all of which must be so.
type Conjunction = BTreeMap<String, Constraint>;

/// More alternatives are no pattern.
const MAX_ALTERNATIVES: usize = 200;

/// The alternatives of a formula: for each path, the list of conditions.
pub(crate) fn alternatives(
    formula: &Formula,
    span: &Range<usize>,
) -> Result<Vec<BTreeMap<String, Vec<Value>>>, Refusal> {
    let found = normal_form(formula, false)?;
    if found.len() > MAX_ALTERNATIVES {
        return Err(too_many(span));
    }
    if found.is_empty() {
        return Err(Refusal::new(
            span,
            "this can never match: its conditions contradict each other",
        ));
    }
    let list = |conjunction: &Conjunction| {
        let fields = conjunction.iter();
        fields.map(|(path, constraint)| Ok((path.clone(), conditions(constraint)?))).collect()
    };
    found.iter().map(list).collect()
}

fn too_many(span: &Range<usize>) -> Refusal {
    Refusal::new(span, format!("more than {MAX_ALTERNATIVES} alternatives"))
}

fn normal_form(formula: &Formula, negated: bool) -> Result<Vec<Conjunction>, Refusal> {
    match (formula, negated) {
        (Formula::Literal(literal), _) => {
            let Literal { path, tests, span } = literal.clone();
            let (is_not, tests) = match &tests[..] {
                [Test::Exists(exists)] => (false, vec![Test::Exists(*exists != negated)]),
                _ => (negated, tests),
            };
            let constraint = Constraint { is_not, may_be_absent: is_not, tests, span };
            Ok(vec![Conjunction::from([(path, constraint)])])
        }
        (Formula::Not(inner), _) => normal_form(inner, !negated),
        (Formula::Any(parts), false) | (Formula::All(parts), true) => {
            let mut found = Vec::new();
            for part in parts {
                found.append(&mut normal_form(part, negated)?);
            }
            Ok(found)
        }
        (Formula::All(parts), false) | (Formula::Any(parts), true) => {
            let mut found = vec![Conjunction::new()];
            for part in parts {
                let alternatives = normal_form(part, negated)?;
                let mut product = Vec::new();
                for left in &found {
                    for right in &alternatives {
                        product.extend(join(left, right)?);
                    }
                    if let [first, ..] = &product[..]
                        && product.len() > MAX_ALTERNATIVES
                    {
                        let span = first.values().next().map_or(0..0, |first| first.span.clone());
                        return Err(too_many(&span));
                    }
                }
                found = product;
            }
            Ok(found)
        }
    }
}

/// Both; `None` if they contradict each other.
fn join(left: &Conjunction, right: &Conjunction) -> Result<Option<Conjunction>, Refusal> {
    let mut joined = left.clone();
    for (path, constraint) in right {
        let both = match joined.remove(path) {
            Some(other) => both(&other, constraint)?,
            None => Some(constraint.clone()),
        };
        match both {
            Some(both) => joined.insert(path.clone(), both),
            None => return Ok(None),
        };
    }
    Ok(Some(joined))
}

/// A field that is both.
fn both(left: &Constraint, right: &Constraint) -> Result<Option<Constraint>, Refusal> {
    let must_exist = |constraint: &Constraint| constraint.tests == [Test::Exists(true)];
    let are_texts =
        |constraint: &Constraint| constraint.tests.iter().all(|test| test.exact().is_some());
    for (one, other) in [(left, right), (right, left)] {
        if one.tests == other.tests && one.is_not == other.is_not {
            return Ok(Some(one.clone()));
        }
        if must_exist(one) && other.is_not {
            return Ok(Some(Constraint { may_be_absent: false, ..other.clone() }));
        }
        // A test that heeds case does not decide about a text in any case.
        let any_case = one.tests.iter().any(Test::ignores_case);
        let are_known = other.tests.iter().all(|test| match test {
            Test::Text { ignores_case, .. } => *ignores_case || !any_case,
            other => matches!(other, Test::Exists(_)),
        });
        if !one.is_not && are_texts(one) && are_known {
            let mut tests = one.tests.clone();
            tests.retain(|test| {
                let text = test.exact().unwrap_or_default();
                other.tests.iter().any(|test| test.matches(text)) != other.is_not
            });
            let met = (!tests.is_empty()).then(|| Constraint { tests, ..one.clone() });
            return Ok(met);
        }
    }
    if left.is_not && right.is_not {
        let tests = [&left.tests[..], &right.tests[..]].concat();
        let may_be_absent = left.may_be_absent && right.may_be_absent;
        return Ok(Some(Constraint { tests, may_be_absent, ..right.clone() }));
    }
    Err(Refusal::new(
        &right.span,
        "a second condition on one field: EventBridge has one list for each field",
    ))
}

/// The list of conditions of a field.
fn conditions(constraint: &Constraint) -> Result<Vec<Value>, Refusal> {
    if !constraint.is_not {
        return Ok(constraint.tests.iter().flat_map(Test::conditions).collect());
    }
    let refuse = |message: &str| Err(Refusal::new(&constraint.span, message));
    let Some(excluded) = constraint.tests.iter().map(Test::excluded).collect::<Option<Vec<_>>>()
    else {
        return refuse("`not` of this: no `anything-but` of EventBridge can say it");
    };
    let (operators, operands): (Vec<_>, Vec<_>) = excluded.into_iter().unzip();
    let (Some(operator), true) =
        (operators.first(), operators.windows(2).all(|two| two[0] == two[1]))
    else {
        return refuse("`not` of several kinds of tests: an `anything-but` of EventBridge has one");
    };
    let anything_but = json!({"anything-but": {*operator: operands}});
    let absent = constraint.may_be_absent.then(|| json!({"exists": false}));
    Ok(absent.into_iter().chain([anything_but]).collect())
}
