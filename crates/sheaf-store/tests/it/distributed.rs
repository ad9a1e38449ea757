//! The shape that lets the tables be spread over the workers of Citus by project. No Citus is here: its functions are stood in
//! for by ones that refuse what Citus would refuse.

use std::collections::BTreeSet;

use sheaf_testing::{ask, run};

use crate::store;

/// What an operator runs.
const SPREAD: &str = include_str!("../../../../docs/citus.sql");

/// A table is spread when each of its unique keys holds the project, and nothing else would have to be on the same worker.
const STAND_INS: &str = "
    CREATE TABLE spread (name text PRIMARY KEY, how text NOT NULL);
    CREATE FUNCTION create_reference_table(name text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM name::regclass;
        INSERT INTO spread VALUES (name, 'reference');
    END $$;
    CREATE FUNCTION create_distributed_table(name text, by text, colocate_with text DEFAULT 'default')
    RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = name::regclass AND i.indisunique AND NOT EXISTS (
                SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname = by
            )
        ) THEN
            RAISE EXCEPTION 'a unique key of % does not hold %', name, by;
        END IF;
        IF colocate_with <> 'default' AND NOT EXISTS (SELECT FROM spread s WHERE s.name = colocate_with) THEN
            RAISE EXCEPTION '% is not spread yet', colocate_with;
        END IF;
        INSERT INTO spread VALUES (name, 'by ' || by);
    END $$;
";

fn texts(url: &str, sql: &str) -> BTreeSet<String> {
    ask(url, sql).unwrap().into_iter().map(|row| row["it"].clone()).collect()
}

#[test]
fn every_table_can_be_spread_by_project() {
    let (home, _store) = store();
    let Some(url) = home.database() else { return };
    run(url, STAND_INS);
    run(url, SPREAD);
    let tables =
        "SELECT tablename AS it FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'spread'";
    assert_eq!(texts(url, "SELECT name AS it FROM spread"), texts(url, tables));
    // One that could be spread and is not would be on every worker.
    let small = texts(url, "SELECT name AS it FROM spread WHERE how = 'reference'");
    let wanted = [
        "api_keys",
        "audit",
        "blob_removals",
        "cluster",
        "instance",
        "invitations",
        "projects",
        "sessions",
        "users",
    ];
    assert_eq!(small, wanted.map(str::to_owned).into());
    let odd = "SELECT conname AS it FROM pg_constraint WHERE contype = 'f'
               UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
               UNION ALL SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace";
    assert_eq!(texts(url, odd), BTreeSet::new(), "foreign keys, triggers, sequences");
}
