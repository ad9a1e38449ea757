//! What became of a file of annotations.

/// `assets = found + made + not_found`, but for those that were noted as another one's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// That the file speaks of.
    pub assets: u64,
    pub found: u64,
    /// Texts and addresses that became assets of the upload.
    pub made: u64,
    pub not_found: u64,
    /// Of them, those that could become assets.
    pub makeable: u64,
    /// What the file calls the first of them.
    pub not_found_first: Vec<String>,
    /// What the file has to say: answers of people, those of models, and the shapes in both.
    pub answers: u64,
    pub predictions: u64,
    pub annotations: u64,
    /// Pre-labels of the assets that were found or made. `added + replaced + unchanged + refused` is how many there are.
    pub added: u64,
    pub replaced: u64,
    pub unchanged: u64,
    pub refused: u64,
    /// The first of them.
    pub refused_first: Vec<Refused>,
    /// Whose they are, by name; of more than can be kept the import is refused.
    pub sources: Vec<Source>,
    /// When the project had no taxonomy.
    pub taxonomy: Option<Made>,
    /// What was left out or changed, each kind once.
    pub notes: Vec<Note>,
}

/// A pre-label that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Name of the asset.
    pub asset: String,
    pub source: String,
    /// In the row that it was made into: `response.annotations[0].left`.
    pub path: String,
    pub message: String,
    pub hint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    /// Pre-labels of it.
    pub n: u64,
}

/// The taxonomy that the project got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    pub labels: usize,
    pub fields: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub what: String,
    pub count: u64,
    /// Where it came first.
    pub first: String,
}
