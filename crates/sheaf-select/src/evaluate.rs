//! Evaluation of a typed expression, chunk by chunk, to one bitmap.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use sheaf_query::expr::{Expr, Field, Test};

use crate::chunk_set::{Bits, RowSet, join, split};
use crate::matcher::Matcher;
use crate::walk::Parts;
use crate::{BlockCache, Builtin, CHUNK, FieldKey, Library, SelectError, Snapshot, Source};

/// The assets of the snapshot that the expression is true of.
pub fn evaluate(
    expr: &Expr,
    snapshot: &Snapshot,
    source: &dyn Source,
    cache: &BlockCache,
) -> Result<RoaringBitmap, SelectError> {
    Library { snapshot, source, cache }.evaluate(expr)
}

impl Library<'_> {
    /// The assets of the snapshot that the expression is true of.
    pub fn evaluate(&self, expr: &Expr) -> Result<RoaringBitmap, SelectError> {
        let mut plan = Plan::default();
        let root = plan.compile(expr, self)?;
        match root {
            Node::Nothing => return Ok(RoaringBitmap::new()),
            Node::All => return Ok(self.snapshot.all()),
            _ => {}
        }
        let chunks: Vec<u32> = self.chunks().filter(|c| plan.may_match(&root, *c)).collect();
        let n_assets = self.snapshot.n_assets;
        let found = self.walk(&plan.fields, &chunks, |chunk, columns| {
            let universe = RowSet::range(0, (n_assets - chunk * CHUNK).min(CHUNK));
            (chunk, plan.eval(&root, chunk, columns, &universe).and(&universe))
        })?;
        Ok(join(found))
    }
}

/// An expression with its fields, tests and outside answers numbered.
#[derive(Default)]
struct Plan {
    fields: Vec<FieldKey>,
    tests: Vec<Matcher>,
    fixed: Vec<BTreeMap<u32, RowSet>>,
}

enum Node {
    All,
    Nothing,
    /// Cheap ones first.
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Scan {
        field: usize,
        test: usize,
    },
    Fixed(usize),
}

impl Plan {
    fn compile(&mut self, expr: &Expr, library: &Library<'_>) -> Result<Node, SelectError> {
        Ok(match expr {
            Expr::All => Node::All,
            Expr::Nothing => Node::Nothing,
            Expr::And(all) => {
                let mut nodes = Vec::new();
                for e in all {
                    match self.compile(e, library)? {
                        Node::All => {}
                        Node::Nothing => return Ok(Node::Nothing),
                        Node::And(inner) => nodes.extend(inner),
                        node => nodes.push(node),
                    }
                }
                nodes.sort_by_key(|n| self.cost(n));
                one_or(nodes, Node::All, Node::And)
            }
            Expr::Or(any) => {
                let mut nodes = Vec::new();
                for e in any {
                    match self.compile(e, library)? {
                        Node::All => return Ok(Node::All),
                        Node::Nothing => {}
                        Node::Or(inner) => nodes.extend(inner),
                        node => nodes.push(node),
                    }
                }
                one_or(nodes, Node::Nothing, Node::Or)
            }
            Expr::Not(e) => match self.compile(e, library)? {
                Node::All => Node::Nothing,
                Node::Nothing => Node::All,
                Node::Not(inner) => *inner,
                node => Node::Not(Box::new(node)),
            },
            Expr::Test(field, test) => self.compile_test(field, test, library)?,
        })
    }

    fn compile_test(
        &mut self,
        field: &Field,
        test: &Test,
        library: &Library<'_>,
    ) -> Result<Node, SelectError> {
        match (field, FieldKey::of(field)) {
            (Field::Upload, _) => {
                let ids = library.source.uploads(test).map_err(SelectError::Source)?;
                Ok(self.scan(FieldKey::Builtin(Builtin::Upload), Matcher::one_of(ids)))
            }
            (_, Some(key)) => {
                let matcher = Matcher::new(test)?;
                Ok(self.scan(key, matcher))
            }
            (Field::NameOrRef, None) => {
                let name = self.scan(FieldKey::Builtin(Builtin::Name), Matcher::new(test)?);
                let reference = self.scan(FieldKey::Builtin(Builtin::Ref), Matcher::new(test)?);
                Ok(Node::Or(vec![name, reference]))
            }
            (_, None) => {
                let found = library.source.resolve(field, test).map_err(SelectError::Source)?;
                self.fixed.push(split(&found));
                Ok(Node::Fixed(self.fixed.len() - 1))
            }
        }
    }

    fn scan(&mut self, key: FieldKey, matcher: Matcher) -> Node {
        let field = self.fields.iter().position(|f| *f == key).unwrap_or_else(|| {
            self.fields.push(key);
            self.fields.len() - 1
        });
        self.tests.push(matcher);
        Node::Scan { field, test: self.tests.len() - 1 }
    }

    fn cost(&self, node: &Node) -> u32 {
        match node {
            Node::All | Node::Nothing | Node::Fixed(_) => 0,
            Node::Scan { field, test } => {
                // Names are long and all different: last among equals.
                let long = self.fields[*field] == FieldKey::Builtin(Builtin::Name);
                self.tests[*test].cost() * 2 + u32::from(long)
            }
            Node::Not(inner) => self.cost(inner),
            Node::And(nodes) | Node::Or(nodes) => nodes.iter().map(|n| self.cost(n)).max().unwrap_or(0),
        }
    }

    /// Whether a chunk can hold an answer as far as the outside answers say.
    fn may_match(&self, node: &Node, chunk: u32) -> bool {
        match node {
            Node::Nothing => false,
            Node::All | Node::Scan { .. } | Node::Not(_) => true,
            Node::And(nodes) => nodes.iter().all(|n| self.may_match(n, chunk)),
            Node::Or(nodes) => nodes.iter().any(|n| self.may_match(n, chunk)),
            Node::Fixed(i) => self.fixed[*i].contains_key(&chunk),
        }
    }

    /// Rows that the node is true of. Right for the rows `among`; what it says of others means nothing.
    fn eval(&self, node: &Node, chunk: u32, columns: &[Parts], among: &RowSet) -> RowSet {
        match node {
            Node::All => RowSet::Full,
            Node::Nothing => RowSet::Empty,
            Node::Fixed(i) => self.fixed[*i].get(&chunk).cloned().unwrap_or(RowSet::Empty),
            Node::Not(inner) => self.eval(inner, chunk, columns, among).not(),
            Node::Scan { field, test } => {
                if columns[*field].is_empty() {
                    return RowSet::Empty;
                }
                let mut found = Bits::default();
                for column in &columns[*field] {
                    column.scan(&self.tests[*test], among, &mut found);
                }
                RowSet::of(found)
            }
            Node::And(nodes) => {
                let mut left = among.clone();
                for node in nodes {
                    left = self.eval(node, chunk, columns, &left).and(&left);
                    if left.is_empty() {
                        break;
                    }
                }
                left
            }
            Node::Or(nodes) => nodes
                .iter()
                .fold(RowSet::Empty, |found, node| found.or(self.eval(node, chunk, columns, among))),
        }
    }
}

fn one_or(mut nodes: Vec<Node>, empty: Node, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        0 => empty,
        1 => nodes.pop().unwrap_or(empty),
        _ => many(nodes),
    }
}
