//! What is on its way to the object store, by name. A blob that is not in here and was put before is there.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use super::BlobHash;

enum State {
    Sending,
    /// Kept until it is put again: whoever put it must hear of it, whoever else has heard before.
    Failed(String),
}

#[derive(Default)]
pub(super) struct Pending {
    blobs: Mutex<HashMap<BlobHash, State>>,
    changed: Condvar,
}

impl Pending {
    /// Begins to send a blob; `None` while it is being sent.
    pub(super) fn begin(self: &Arc<Self>, hash: BlobHash) -> Option<Sending> {
        let mut blobs = self.blobs.lock();
        if matches!(blobs.get(&hash), Some(State::Sending)) {
            return None;
        }
        blobs.insert(hash, State::Sending);
        Some(Sending { hash, all: self.clone(), failure: Some("the sending was given up".to_owned()) })
    }

    /// Waits until none of these is being sent. The error is the reason why the first that could not be was not.
    pub(super) fn wait(&self, hashes: &[BlobHash]) -> Result<(), String> {
        let mut blobs = self.blobs.lock();
        let mut out = Ok(());
        for hash in hashes {
            while matches!(blobs.get(hash), Some(State::Sending)) {
                self.changed.wait(&mut blobs);
            }
            if let Some(State::Failed(why)) = blobs.get(hash) {
                out = out.and_then(|()| Err(why.clone()));
            }
        }
        out
    }
}

/// Held while a blob is being sent; dropped without an end, it has failed.
pub(super) struct Sending {
    hash: BlobHash,
    all: Arc<Pending>,
    failure: Option<String>,
}

impl Sending {
    pub(super) fn end(mut self, outcome: Result<(), String>) {
        self.failure = outcome.err();
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut blobs = self.all.blobs.lock();
        match self.failure.take() {
            None => blobs.remove(&self.hash),
            Some(why) => blobs.insert(self.hash, State::Failed(why)),
        };
        self.all.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_heard_by_everybody_until_it_is_put_again() {
        let pending = Arc::new(Pending::default());
        let (a, b) = ([1; 32], [2; 32]);
        pending.begin(a).unwrap().end(Err("away".into()));
        let sending = pending.begin(b).unwrap();
        assert!(pending.begin(b).is_none(), "it is being sent");
        sending.end(Ok(()));
        for _ in 0..2 {
            assert_eq!(pending.wait(&[b, a]), Err("away".to_owned()));
        }
        pending.begin(a).unwrap().end(Ok(()));
        assert_eq!(pending.wait(&[b, a]), Ok(()));
        drop(pending.begin(a));
        assert!(pending.wait(&[a]).is_err(), "given up without a word");
    }

    #[test]
    fn who_waits_waits_for_the_end() {
        let pending = Arc::new(Pending::default());
        let sending = pending.begin([1; 32]).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pending.wait(&[[1; 32]]));
            sending.end(Err("away".into()));
            assert_eq!(waiting.join().unwrap(), Err("away".to_owned()));
        });
    }
}
