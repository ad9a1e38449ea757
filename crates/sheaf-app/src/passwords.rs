//! Passwords: what is refused, how they are hashed, and that hashing neither stalls nor starves the server.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use sheaf_model::Problem;
use tokio::sync::Semaphore;

use crate::{Error, Result, ids};

pub const CHARS_MIN: usize = 8;
pub const CHARS_MAX: usize = 1024;

/// OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes at once: each takes 19 MiB and a core for some 30 ms.
const AT_ONCE: usize = 2;
/// Callers that may wait for their turn; the next one is told to come back.
const WAITING_MAX: usize = 100;

/// A hash of nothing that anybody knows, for comparing when there is no such user: the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2hlYWYtbm9ib2R5LXNhbHQ$2Jk0kQ6sVqSPXHqXfZ8rYb5tLwE7uGm1oVdN3hCyA9U";

/// The most common passwords of eight characters and more, lower case, one a line.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("passwords.txt").lines().map(str::trim).filter(|line| !line.is_empty()).collect()
});

/// What is wrong with a new password; empty when it may be used. `context` holds what guessers try first: the address
/// and the name.
pub fn problems(path: &str, password: &str, context: &[&str]) -> Vec<Problem> {
    let chars = password.chars().count();
    let message = if chars < CHARS_MIN {
        format!("is too short; use at least {CHARS_MIN} characters")
    } else if chars > CHARS_MAX {
        format!("is longer than {CHARS_MAX} characters")
    } else if is_common(&password.to_lowercase(), context) {
        "is one of the first that a guesser tries; use a longer phrase of your own".to_owned()
    } else {
        return Vec::new();
    };
    vec![Problem::new(path, message)]
}

fn is_common(password: &str, context: &[&str]) -> bool {
    let mut signs = password.chars();
    let first = signs.next();
    let repeats = signs.all(|sign| Some(sign) == first);
    let named = context.iter().any(|word| {
        let word = word.trim().to_lowercase();
        let local = word.split('@').next().unwrap_or_default();
        !word.is_empty() && (password == word || password == local || bare(password) == bare(&word))
    });
    repeats || named || COMMON.contains(password)
}

/// Letters only: `Ann-Lee 99` is no better than `annlee`.
fn bare(text: &str) -> String {
    let letters: String = text.chars().filter(|sign| sign.is_alphabetic()).collect();
    // A password without letters has nothing in common with a name without letters.
    if letters.is_empty() { text.to_owned() } else { letters }
}

/// Hashes and compares, a few at a time, on threads for blocking work.
pub(crate) struct Hashing {
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), waiting: AtomicUsize::new(0) }
    }
}

impl Hashing {
    /// The PHC string to store.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        let salt = ids::random::<16>()?;
        self.run(move || {
            let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(failed)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password is the one; with no hash to compare it answers no, after the same work.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool> {
        self.run(move || {
            let compare = stored.as_deref().unwrap_or(NOBODY);
            // A longer one was never accepted, and must not be work.
            let same = password.len() <= CHARS_MAX * 4
                && argon2()?.verify_password(password.as_bytes(), compare).is_ok();
            Ok(same && stored.is_some())
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _waiting = Waiting::enter(&self.waiting)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(failed)?;
        // The turn ends with the work, also when the caller has gone away meanwhile.
        tokio::task::spawn_blocking(move || {
            let out = work();
            drop(turn);
            out
        })
        .await
        .map_err(failed)?
    }
}

/// A place in the line, given back also when the caller goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(count: &'a AtomicUsize) -> Result<Self> {
        let place = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            return Err(Error::TooMany { retry_after_secs: 2 });
        }
        Ok(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("hashing a password: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(password: &str, allowed: bool) {
        let found = problems("password", password, &["mary.lamb@example.org", "Mary Lamb"]);
        assert_eq!(found.is_empty(), allowed, "{password}: {found:?}");
    }

    #[test]
    fn what_is_refused() {
        check("short77", false);
        check("password", false);
        check("PassWord123", false);
        check("aaaaaaaaaaaa", false);
        check("mary.lamb@example.org", false);
        check("mary.lamb", false);
        check("MaryLamb2026", false);
        check("12345678", false);
        check(&"x7".repeat(513), false);
        check("a fleece as white", true);
        check("äöüßéèêë", true);
        check(&"x7".repeat(512), true);
    }

    #[test]
    fn the_list_holds_only_what_the_length_lets_through() {
        for word in COMMON.iter() {
            assert!(word.chars().count() >= CHARS_MIN, "{word}");
            assert_eq!(*word, word.to_lowercase());
        }
        assert!(COMMON.len() > 200);
    }

    #[tokio::test]
    async fn hashes_verify_and_are_salted() {
        let hashing = Hashing::default();
        let one = hashing.hash("a fleece as white".into()).await.unwrap();
        let two = hashing.hash("a fleece as white".into()).await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(hashing.verify("a fleece as white".into(), Some(one.clone())).await.unwrap());
        assert!(!hashing.verify("a fleece as whitf".into(), Some(one)).await.unwrap());
        assert!(!hashing.verify("a fleece as white".into(), None).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_is_as_much_work() {
        let parsed = argon2::password_hash::phc::PasswordHash::new(NOBODY).unwrap();
        assert_eq!(parsed.params.get_decimal("m"), Some(MEMORY_KIB));
        assert_eq!(parsed.params.get_decimal("t"), Some(PASSES));
        assert!(parsed.hash.is_some() && parsed.salt.is_some());
    }
}
