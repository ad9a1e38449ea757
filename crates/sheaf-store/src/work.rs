//! What somebody wants written, as the writer takes it: its steps, what they came to, and whom to tell.

use crate::ahead::Ask;
use crate::error::StoreError;
use crate::sql::Tx;
use crate::turn::Turn;
use crate::writer::{CommitFailure, Job};

type Came<T, E> = std::result::Result<T, E>;

/// The steps of a job: one that writes and comes to a `G`, and one that reads what its caller is told, a `T`, out of it.
pub(crate) trait Steps<G, T, E>: Send + 'static {
    fn asks(&self) -> Vec<Ask>;
    fn run(&mut self, tx: &Tx<'_>) -> Came<G, E>;
    fn asks_to_finish(&self, came_to: &G) -> Vec<Ask>;
    fn finish(&mut self, tx: &Tx<'_>, came_to: G) -> Came<T, E>;
}

/// Only the one that writes.
pub(crate) struct OneStep<F> {
    pub(crate) asks: Vec<Ask>,
    pub(crate) run: F,
}

impl<T, E, F> Steps<T, T, E> for OneStep<F>
where
    F: FnMut(&Tx<'_>) -> Came<T, E> + Send + 'static,
{
    fn asks(&self) -> Vec<Ask> {
        self.asks.clone()
    }
    fn run(&mut self, tx: &Tx<'_>) -> Came<T, E> {
        (self.run)(tx)
    }
    fn asks_to_finish(&self, _: &T) -> Vec<Ask> {
        Vec::new()
    }
    fn finish(&mut self, _: &Tx<'_>, came_to: T) -> Came<T, E> {
        Ok(came_to)
    }
}

pub(crate) struct TwoSteps<F, A, H> {
    pub(crate) asks: Vec<Ask>,
    pub(crate) run: F,
    pub(crate) asks_to_finish: A,
    pub(crate) finish: H,
}

impl<G, T, E, F, A, H> Steps<G, T, E> for TwoSteps<F, A, H>
where
    F: FnMut(&Tx<'_>) -> Came<G, E> + Send + 'static,
    A: Fn(&G) -> Vec<Ask> + Send + 'static,
    H: FnMut(&Tx<'_>, G) -> Came<T, E> + Send + 'static,
{
    fn asks(&self) -> Vec<Ask> {
        self.asks.clone()
    }
    fn run(&mut self, tx: &Tx<'_>) -> Came<G, E> {
        (self.run)(tx)
    }
    fn asks_to_finish(&self, came_to: &G) -> Vec<Ask> {
        (self.asks_to_finish)(came_to)
    }
    fn finish(&mut self, tx: &Tx<'_>, came_to: G) -> Came<T, E> {
        (self.finish)(tx, came_to)
    }
}

/// `f`, which is run at most once, in the form of what may be run again.
pub(crate) fn once<T, E: From<StoreError>>(
    f: impl FnOnce(&Tx<'_>) -> Came<T, E>,
) -> impl FnMut(&Tx<'_>) -> Came<T, E> {
    let mut f = Some(f);
    move |tx| f.take().map_or_else(|| Err(StoreError::Panicked.into()), |f| f(tx))
}

pub(crate) struct Work<G, T, E, S, Tell> {
    turn: Turn,
    repeatable: bool,
    /// It is to be run in another turn.
    again: bool,
    steps: S,
    out: Out<G, T, E>,
    tell: Tell,
}

/// What a job came to.
enum Out<G, T, E> {
    /// It has not run, or it panicked.
    Nothing,
    /// It has run and is to be finished.
    Ran(G),
    Done(Came<T, E>),
}

impl<G, T, E, S, Tell> Work<G, T, E, S, Tell> {
    pub(crate) fn new(turn: Turn, repeatable: bool, steps: S, tell: Tell) -> Self {
        Self { turn, repeatable, again: false, steps, out: Out::Nothing, tell }
    }
}

impl<G, T, E, S, Tell> Job for Work<G, T, E, S, Tell>
where
    G: Send,
    T: Send,
    E: From<StoreError> + Send,
    S: Steps<G, T, E>,
    Tell: FnOnce(Came<T, E>) + Send,
{
    fn turn(&self) -> &Turn {
        &self.turn
    }

    fn go_again(&mut self) {
        (self.turn, self.again) = (self.turn.with_instance(), true);
    }

    fn goes_again(&self) -> bool {
        self.again
    }

    fn repeatable(&self) -> bool {
        self.repeatable
    }

    fn asks(&self) -> Vec<Ask> {
        self.steps.asks()
    }

    fn run(&mut self, tx: &Tx<'_>) -> bool {
        (self.again, self.out) = (false, Out::Nothing);
        match self.steps.run(tx) {
            Ok(came_to) => self.out = Out::Ran(came_to),
            Err(error) => self.out = Out::Done(Err(error)),
        }
        matches!(self.out, Out::Ran(_))
    }

    fn asks_to_finish(&self) -> Vec<Ask> {
        if let Out::Ran(came_to) = &self.out { self.steps.asks_to_finish(came_to) } else { Vec::new() }
    }

    fn finish(&mut self, tx: &Tx<'_>) -> bool {
        match std::mem::replace(&mut self.out, Out::Nothing) {
            Out::Ran(came_to) => {
                let out = self.steps.finish(tx, came_to);
                let keep = out.is_ok();
                self.out = Out::Done(out);
                keep
            }
            // It gave up, and had written nothing.
            out => {
                self.out = out;
                true
            }
        }
    }

    fn spoil(&mut self, error: StoreError) {
        self.out = Out::Done(Err(error.into()));
    }

    fn reply(self: Box<Self>, outcome: Came<(), CommitFailure>) {
        let Self { out, tell, .. } = *self;
        match (out, outcome) {
            (Out::Done(Err(error)), _) => tell(Err(error)),
            (Out::Done(Ok(value)), Ok(())) => tell(Ok(value)),
            (Out::Done(Ok(_)) | Out::Ran(_) | Out::Nothing, Err(failure)) => {
                tell(Err(StoreError::from(failure).into()));
            }
            (Out::Ran(_) | Out::Nothing, Ok(())) => {}
        }
    }
}
