//! Pairs of a pattern and an event that match or nearly match.

use std::iter;

use fastrand::Rng;

use crate::json::Json;

/// An endless iterator over pairs of a valid pattern and an event, the same for the same seed.
///
/// A pattern is built from the values of its event or of a similar one. Half of the events have the
/// shape of sign-in events. Some characters are escaped.
pub fn pairs(seed: u64) -> impl Iterator<Item = (String, String)> {
    let mut generator = Generator { random: Rng::with_seed(seed) };
    iter::repeat_with(move || generator.pair())
}

struct Generator {
    random: Rng,
}

/// A path, from the outermost key on, and its value.
type Field = (Vec<String>, Json);

impl Generator {
    fn pair(&mut self) -> (String, String) {
        let signin = self.random.bool();
        let event = self.event(signin);
        let source = if self.one_in(3) { self.event(signin) } else { event.clone() };
        let mut fields = Vec::new();
        collect(&source, &mut Vec::new(), &mut fields);
        fields.push((vec!["absent".to_owned()], Json::Null));
        let pattern = self.pattern(&fields, 0);
        (self.to_text(&pattern), self.to_text(&event))
    }

    fn event(&mut self, signin: bool) -> Json {
        if !signin {
            return self.object(0);
        }
        let mut detail = Vec::new();
        for key in ["eventName", "sourceIPAddress", "errorMessage", "count", "readOnly"] {
            self.maybe(key, &mut detail, Self::scalar_or_array);
        }
        self.maybe("userIdentity", &mut detail, |this| {
            let mut identity = Vec::new();
            this.maybe("type", &mut identity, Self::scalar);
            this.maybe("userName", &mut identity, Self::scalar_or_array);
            Json::Object(identity)
        });
        for (array, keys) in [("resources", ["ARN", "type"]), ("tags", ["key", "value"])] {
            self.maybe(array, &mut detail, |this| {
                let elements = (0..this.random.usize(0..4)).map(|_| {
                    let mut element = Vec::new();
                    keys.iter().for_each(|key| {
                        this.maybe(key, &mut element, Self::scalar_or_array);
                    });
                    Json::Object(element)
                });
                Json::Array(elements.collect())
            });
        }
        let mut event = Vec::new();
        self.maybe("source", &mut event, Self::scalar);
        self.maybe("detail-type", &mut event, Self::scalar);
        event.push(("detail".to_owned(), Json::Object(detail)));
        Json::Object(event)
    }

    /// Adds a key with a probability of three quarters, and twice at times.
    fn maybe(
        &mut self,
        key: &str,
        object: &mut Vec<(String, Json)>,
        mut value: impl FnMut(&mut Self) -> Json,
    ) {
        let times = if self.one_in(40) { 2 } else { usize::from(!self.one_in(4)) };
        object.extend((0..times).map(|_| (key.to_owned(), value(self))));
    }

    fn object(&mut self, depth: usize) -> Json {
        let fields = (0..self.random.usize(1..5)).map(|_| {
            let key = self.choose(&["a", "b", "c", "d", "a.b", "b.a", "é", "a-b"]);
            (key.to_owned(), self.value(depth + 1))
        });
        Json::Object(fields.collect())
    }

    fn value(&mut self, depth: usize) -> Json {
        match self.random.usize(0..if depth < 4 { 6 } else { 3 }) {
            0..=2 => self.scalar(),
            3 => self.object(depth),
            _ => Json::Array((0..self.random.usize(0..4)).map(|_| self.value(depth + 1)).collect()),
        }
    }

    fn scalar_or_array(&mut self) -> Json {
        if self.one_in(5) { self.value(2) } else { self.scalar() }
    }

    fn scalar(&mut self) -> Json {
        match self.random.usize(0..8) {
            0 => self.choose(&[Json::Null, Json::Bool(true), Json::Bool(false)]),
            1 | 2 => number(self.choose(NUMBERS)),
            _ => string(self.choose(STRINGS)),
        }
    }

    /// A pattern of a few fields, some with an `$or`.
    fn pattern(&mut self, fields: &[Field], depth: usize) -> Json {
        let mut pattern = Vec::new();
        for _ in 0..self.random.usize(1..4) {
            let (path, value) = &fields[self.random.usize(0..fields.len())];
            let list = (0..self.random.usize(1..3)).map(|_| self.condition(value)).collect();
            self.insert(&mut pattern, path, Json::Array(list));
        }
        if depth < 2 && self.one_in(4) {
            let alternatives = self.random.usize(2..4);
            let alternatives = (0..alternatives).map(|_| self.pattern(fields, depth + 1)).collect();
            let index = self.random.usize(0..=pattern.len());
            pattern.insert(index, ("$or".to_owned(), Json::Array(alternatives)));
        }
        if depth == 0 && self.one_in(6) {
            return self.or_inside(fields).unwrap_or(Json::Object(pattern));
        }
        Json::Object(pattern)
    }

    /// A pattern with an `$or` below a top-level key.
    fn or_inside(&mut self, fields: &[Field]) -> Option<Json> {
        let key = fields.iter().find(|(path, _)| path.len() > 1)?.0[0].clone();
        let below = fields.iter().filter(|(path, _)| path.len() > 1 && path[0] == key);
        let below: Vec<Field> =
            below.map(|(path, value)| (path[1..].to_vec(), value.clone())).collect();
        let alternatives = (0..2).map(|_| self.pattern(&below, 1)).collect();
        let or = Json::Object(vec![("$or".to_owned(), Json::Array(alternatives))]);
        Some(Json::Object(vec![(key, or)]))
    }

    /// Inserts a list at a path, at times with dots in a key instead of nested objects.
    fn insert(&mut self, object: &mut Vec<(String, Json)>, path: &[String], list: Json) {
        let [key, below @ ..] = path else { return };
        if below.is_empty() || self.one_in(8) {
            object.push((path.join("."), list));
            return;
        }
        let inner = object.iter_mut().find_map(|(name, value)| match value {
            Json::Object(inner) if name == key => Some(inner),
            _ => None,
        });
        if let Some(inner) = inner {
            self.insert(inner, below, list);
        } else {
            let mut inner = Vec::new();
            self.insert(&mut inner, below, list);
            object.push((key.clone(), Json::Object(inner)));
        }
    }

    /// A condition that `value` satisfies or nearly satisfies.
    fn condition(&mut self, value: &Json) -> Json {
        let text = match value {
            Json::String(text) if !self.one_in(6) => text.clone(),
            _ => self.choose(STRINGS).to_owned(),
        };
        match self.random.usize(0..14) {
            0..=2 => value.clone(),
            3 => self.scalar(),
            4 => operator("exists", self.choose(&[Json::Bool(true), Json::Bool(false)])),
            5 => operator("exactly", string(&text)),
            6 => self.affix("prefix", &text),
            7 => self.affix("suffix", &text),
            8 => operator("equals-ignore-case", string(&self.other_case(&text))),
            9 => operator("wildcard", string(&self.wildcard(&text))),
            10 => operator("cidr", string(self.choose(CIDRS))),
            11 => self.numeric(),
            _ => self.anything_but(value, &text),
        }
    }

    fn affix(&mut self, name: &str, text: &str) -> Json {
        let part = self.part(name, text);
        if self.random.bool() {
            return operator(name, string(&part));
        }
        let part = self.other_case(&part);
        operator(name, operator("equals-ignore-case", string(&part)))
    }

    /// The beginning or the end of `text`.
    fn part(&mut self, name: &str, text: &str) -> String {
        let middle = self.random.usize(0..=text.chars().count());
        match name {
            "prefix" => text.chars().take(middle).collect(),
            _ => text.chars().skip(middle).collect(),
        }
    }

    fn other_case(&mut self, text: &str) -> String {
        match self.random.usize(0..3) {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            _ => text.to_owned(),
        }
    }

    fn wildcard(&mut self, text: &str) -> String {
        let mut pattern = String::new();
        for character in text.chars() {
            match self.random.usize(0..5) {
                0 if !pattern.ends_with('*') => pattern.push('*'),
                1 if pattern.ends_with('*') => {}
                _ if matches!(character, '*' | '\\') => pattern.extend(['\\', character]),
                _ => pattern.push(character),
            }
        }
        if pattern.is_empty() { "*".to_owned() } else { pattern }
    }

    fn numeric(&mut self) -> Json {
        let low = self.random.usize(0..ASCENDING.len() - 1);
        let high = self.random.usize(low + 1..ASCENDING.len());
        let (low, high) = (number(ASCENDING[low]), number(ASCENDING[high]));
        let below = string(self.choose(&["<", "<="]));
        let above = string(self.choose(&[">", ">="]));
        operator(
            "numeric",
            Json::Array(match self.random.usize(0..4) {
                0 => vec![string("="), low],
                1 => vec![below, high],
                2 => vec![above, low],
                _ => vec![above, low, below, high],
            }),
        )
    }

    fn anything_but(&mut self, value: &Json, text: &str) -> Json {
        let other = self.choose(STRINGS);
        let name = self.choose(&["prefix", "suffix", "equals-ignore-case", "wildcard", "", ""]);
        let operand = match name {
            "" if matches!(value, Json::Number(_)) || self.one_in(4) => {
                let numbers = [self.choose(ASCENDING), self.choose(ASCENDING)].map(number);
                return operator("anything-but", self.one_or_all(numbers));
            }
            "" => return operator("anything-but", self.one_or_all([text, other].map(string))),
            "equals-ignore-case" => [self.other_case(text), text.to_owned()],
            "wildcard" => [self.wildcard(text), self.wildcard(other)],
            _ => [self.part(name, text) + "a", format!("a{}", self.part(name, other))],
        };
        let operand = self.one_or_all(operand.map(|text| string(&text)));
        operator("anything-but", operator(name, operand))
    }

    fn one_or_all(&mut self, [first, second]: [Json; 2]) -> Json {
        match self.random.usize(0..3) {
            0 => first,
            1 => Json::Array(vec![first]),
            _ => Json::Array(vec![first, second]),
        }
    }

    fn to_text(&mut self, json: &Json) -> String {
        match json {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(text) => text.clone(),
            Json::String(text) => self.quoted(text),
            Json::Array(elements) => {
                let elements: Vec<_> = elements.iter().map(|value| self.to_text(value)).collect();
                format!("[{}]", elements.join(","))
            }
            Json::Object(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(key, value)| format!("{}:{}", self.quoted(key), self.to_text(value)))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }
        }
    }

    fn quoted(&mut self, text: &str) -> String {
        let mut quoted = String::from('"');
        for character in text.chars() {
            if matches!(character, '"' | '\\') || self.one_in(50) {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    quoted += &format!("\\u{unit:04x}");
                }
            } else {
                quoted.push(character);
            }
        }
        quoted + "\""
    }

    fn choose<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.random.usize(0..from.len())].clone()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.random.usize(0..count) == 0
    }
}

/// The scalars of an event with their paths; arrays add no key.
fn collect(value: &Json, path: &mut Vec<String>, fields: &mut Vec<Field>) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                path.push(key.clone());
                collect(value, path, fields);
                path.pop();
            }
        }
        Json::Array(elements) => elements.iter().for_each(|value| collect(value, path, fields)),
        _ => fields.push((path.clone(), value.clone())),
    }
}

fn operator(name: &str, operand: Json) -> Json {
    Json::Object(vec![(name.to_owned(), operand)])
}

fn number(text: &str) -> Json {
    Json::Number(text.to_owned())
}

fn string(text: &str) -> Json {
    Json::String(text.to_owned())
}

const STRINGS: &[&str] = &[
    "",
    "a",
    "ab",
    "AB",
    "abab",
    "a*b",
    "a\\b",
    "a\"b",
    "straße",
    "STRASSE",
    "é",
    "É",
    "İ",
    "😀",
    "??",
    "null",
    "1",
    "Root",
    "ConsoleLogin",
    "Success",
    "Failure",
    "192.0.2.7",
    "192.000.2.07",
    "192.0.2.200",
    "::ffff:c000:207",
    "c000:207::1",
    "2001:db8::1",
    "2001:0DB8:0:0:0:0:0:1",
    "2001:db8:1::",
    "0.0.0.0",
    "999.0.2.7",
    "1:2:3",
];

const NUMBERS: &[&str] = &[
    "0",
    "-0.0",
    "1",
    "1.0",
    "10e-1",
    "2",
    "-1",
    "10",
    "1e1",
    "0.1",
    "9007199254740991",
    "9007199254740993",
    "9007199254740993.0",
    "1e400",
    "5e-324",
];

const ASCENDING: &[&str] =
    &["-1e300", "-1", "-0.0", "5e-324", "0.1", "1", "2", "1e1", "9007199254740991"];

const CIDRS: &[&str] = &[
    "192.0.2.0/24",
    "192.0.2.9/25",
    "192.0.2.7/31",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/32",
    "2001:db8::/127",
    "c000::/16",
    "::ffff:c000:200/24",
];
