//! Wildcard patterns: reading them (part of the definition) and matching them fast.

use crate::fold;

/// A piece of a pattern; literals are folded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// `*`: any run of characters, also none.
    Any,
    /// `?`: one character.
    One,
    Literal(String),
}

/// Reads a pattern. `\*`, `\?` and `\\` are literal; any other backslash stands for itself.
pub(crate) fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut literal = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let special = match c {
            '*' => Token::Any,
            '?' => Token::One,
            '\\' => {
                literal.push(chars.next_if(|c| matches!(c, '*' | '?' | '\\')).unwrap_or('\\'));
                continue;
            }
            c => {
                literal.push(c);
                continue;
            }
        };
        if !literal.is_empty() {
            tokens.push(Token::Literal(fold(&std::mem::take(&mut literal))));
        }
        if special != Token::Any || tokens.last() != Some(&Token::Any) {
            tokens.push(special);
        }
    }
    if !literal.is_empty() {
        tokens.push(Token::Literal(fold(&literal)));
    }
    tokens
}

/// A compiled pattern over folded text. Patterns of one literal and stars at its ends take no general matching.
#[derive(Debug)]
pub(crate) enum Wildcard {
    Equals(String),
    Prefix(String),
    Suffix(String),
    Contains(String),
    General(Vec<Atom>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Atom {
    Any,
    One,
    Char(char),
}

impl Wildcard {
    pub fn new(pattern: &str) -> Wildcard {
        let tokens = tokens(pattern);
        match tokens.as_slice() {
            [] => Wildcard::Equals(String::new()),
            [Token::Any] => Wildcard::Prefix(String::new()),
            [Token::Literal(l)] => Wildcard::Equals(l.clone()),
            [Token::Literal(l), Token::Any] => Wildcard::Prefix(l.clone()),
            [Token::Any, Token::Literal(l)] => Wildcard::Suffix(l.clone()),
            [Token::Any, Token::Literal(l), Token::Any] => Wildcard::Contains(l.clone()),
            _ => Wildcard::General(
                tokens
                    .iter()
                    .flat_map(|t| match t {
                        Token::Any => vec![Atom::Any],
                        Token::One => vec![Atom::One],
                        Token::Literal(l) => l.chars().map(Atom::Char).collect(),
                    })
                    .collect(),
            ),
        }
    }

    /// Whether the whole folded text matches.
    pub fn is_match(&self, folded: &str) -> bool {
        match self {
            Wildcard::Equals(l) => folded == l,
            Wildcard::Prefix(l) => folded.starts_with(l.as_str()),
            Wildcard::Suffix(l) => folded.ends_with(l.as_str()),
            Wildcard::Contains(l) => folded.contains(l.as_str()),
            Wildcard::General(atoms) => general(atoms, folded),
        }
    }
}

/// Greedy matching that goes back to the last star only: no worse than pattern times text.
fn general(atoms: &[Atom], text: &str) -> bool {
    let (mut at, mut rest) = (0, text);
    let mut star: Option<(usize, &str)> = None;
    loop {
        let mut chars = rest.chars();
        match (atoms.get(at), chars.next()) {
            (Some(Atom::Any), _) => {
                at += 1;
                star = Some((at, rest));
            }
            (None, None) => return true,
            (Some(Atom::One), Some(_)) => {
                at += 1;
                rest = chars.as_str();
            }
            (Some(Atom::Char(want)), Some(c)) if *want == c => {
                at += 1;
                rest = chars.as_str();
            }
            _ => {
                let Some((after, from)) = star else { return false };
                let mut chars = from.chars();
                if chars.next().is_none() {
                    return false;
                }
                rest = chars.as_str();
                star = Some((after, rest));
                at = after;
            }
        }
    }
}
