//! What is worked out of a library once and holds until its next revision: names and statistics of its fields, orders that
//! pages were asked in.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use roaring::RoaringBitmap;
use sheaf_query::FieldNames;
use sheaf_select::sort::Order;
use sheaf_select::values::FieldStats;
use sheaf_select::{FieldKey, Library};

use crate::Result;

/// Orders that are kept of a library, and bytes above which one is not.
const ORDERS_MAX: usize = 4;
const ORDER_BYTES_MAX: usize = 64 << 20;

pub(crate) struct Known {
    pub(crate) revision: u64,
    names: OnceLock<Arc<FieldNames>>,
    stats: Mutex<HashMap<FieldKey, FieldStats>>,
    /// The last ones that were asked for, newest first.
    orders: Mutex<VecDeque<Kept>>,
}

#[derive(Clone)]
struct Kept {
    field: FieldKey,
    descending: bool,
    within: Arc<RoaringBitmap>,
    order: Arc<Order>,
}

impl Known {
    pub(crate) fn new(revision: u64) -> Self {
        Self { revision, names: OnceLock::new(), stats: Mutex::default(), orders: Mutex::default() }
    }

    pub(crate) fn names(&self, read: impl FnOnce() -> Result<FieldNames>) -> Result<Arc<FieldNames>> {
        if let Some(known) = self.names.get() {
            return Ok(known.clone());
        }
        let names = Arc::new(read()?);
        Ok(self.names.get_or_init(|| names).clone())
    }

    pub(crate) fn stats(&self, library: &Library<'_>, field: &FieldKey) -> Result<FieldStats> {
        if let Some(known) = self.stats.lock().get(field) {
            return Ok(known.clone());
        }
        let stats = library.field_stats(field)?;
        self.stats.lock().insert(field.clone(), stats.clone());
        Ok(stats)
    }

    /// A page in the order of a field. Paging on in the same order finds it worked out.
    pub(crate) fn page(
        &self,
        library: &Library<'_>,
        within: &RoaringBitmap,
        (field, descending): (&FieldKey, bool),
        offset: u64,
        limit: usize,
    ) -> Result<Vec<u32>> {
        let same =
            |kept: &Kept| kept.field == *field && kept.descending == descending && *kept.within == *within;
        let mut orders = self.orders.lock();
        let found = orders.iter().position(same).and_then(|at| orders.remove(at));
        if let Some(kept) = found {
            orders.push_front(kept.clone());
            drop(orders);
            return Ok(library.page_in(&kept.order, within, offset, limit)?);
        }
        drop(orders);
        let order = Arc::new(library.order(within, field, descending)?);
        let page = library.page_in(&order, within, offset, limit)?;
        if order.bytes() <= ORDER_BYTES_MAX {
            let within = Arc::new(within.clone());
            let mut orders = self.orders.lock();
            orders.push_front(Kept { field: field.clone(), descending, within, order });
            orders.truncate(ORDERS_MAX);
        }
        Ok(page)
    }
}
