//! TLS to PostgreSQL: a server with a certificate of an authority of the test, and what the words of libpq come to there.

use sheaf_store::Store;
use sheaf_testing::{Authority, Home, PrivateServer, ask, run};

/// Whom the server lets in with a certificate, and with a password.
const PEOPLE: &str = "hostssl all certified 127.0.0.1/32 cert\nhostssl all bound 127.0.0.1/32 scram-sha-256\n\
     hostnossl all certified,bound 127.0.0.1/32 reject\nhostssl all plain 127.0.0.1/32 reject\n";

struct World {
    /// Gone before its server is.
    home: Home,
    server: PrivateServer,
}

impl World {
    /// The address of the database, for somebody, at a host, with parameters.
    fn url(&self, person: &str, host: &str, parameters: &str) -> String {
        let url = self.home.database().unwrap().split('?').next().unwrap_or_default();
        format!("{}?{parameters}", url.replace("sheaf@127.0.0.1", &format!("{person}@{host}")))
    }

    /// Opens the store; whether its connections are secret.
    fn opened(&self, url: &str) -> Result<bool, String> {
        let store = Store::open(self.home.path(), Some(url)).map_err(|error| error.to_string())?;
        store.read_blocking(|tx| tx.projects()).unwrap();
        let name = url.split(['/', '?']).nth(3).unwrap();
        let sql = format!(
            "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = '{name}'"
        );
        let rows = ask(self.server.url(), &sql).unwrap();
        assert_eq!(rows.len(), 1, "all or none of {url}");
        Ok(rows[0]["ssl"] == "t")
    }
}

#[test]
fn connections_are_as_secret_and_as_trusted_as_the_address_asks_for() {
    let Some(without_tls) = sheaf_testing::server() else { return };
    let authority = Authority::new("one");
    let (other, same_name) = (Authority::new("other"), Authority::new("one"));
    let server = PrivateServer::with_tls(&authority, &authority.sign("server", &["localhost"]), PEOPLE);
    for role in ["certified", "bound", "plain"] {
        run(server.url(), &format!("CREATE ROLE {role} SUPERUSER LOGIN PASSWORD 'opensesame'"));
    }
    let home = Home::on(&server);
    let world = World { home, server };
    let ca = authority.file().display().to_string();
    let wrong = other.file().display().to_string();
    let (verified, chained) =
        (format!("sslmode=verify-full&sslrootcert={ca}"), format!("sslmode=verify-ca&sslrootcert={ca}"));
    let of_other = format!("sslrootcert={wrong}");

    for (person, host, parameters, secret) in [
        ("sheaf", "127.0.0.1", "sslmode=disable", false),
        ("sheaf", "127.0.0.1", "", true),
        ("sheaf", "127.0.0.1", "sslmode=require", true),
        ("sheaf", "127.0.0.1", &chained, true),
        ("sheaf", "localhost", &verified, true),
        // Better without than not at all: an authority that does not fit, and somebody who is let in without only.
        ("sheaf", "127.0.0.1", &of_other, false),
        ("plain", "127.0.0.1", "sslmode=prefer", false),
        // The password is bound to the certificate that was shown.
        ("bound:opensesame", "127.0.0.1", "sslmode=require&channel_binding=require", true),
    ] {
        assert_eq!(world.opened(&world.url(person, host, parameters)), Ok(secret), "{person} {parameters}");
    }
    let one = authority.sign("certified", &[]);
    let certified = format!("sslcert={}&sslkey={}", one.certificate.display(), one.key.display());
    let url = world.url("certified", "localhost", &format!("{verified}&{certified}"));
    assert_eq!(world.opened(&url), Ok(true));

    let refused = |url: &str, said: &[&str]| {
        let text = world.opened(url).unwrap_err();
        assert!(said.iter().all(|said| text.contains(said)), "{url}: {text}");
    };
    let no_authority = "certificate is not signed by an authority in sslrootcert";
    for mode in ["require", "verify-ca", "verify-full"] {
        for of in [&of_other, &format!("sslrootcert={}", same_name.file().display())] {
            refused(&world.url("sheaf", "localhost", &format!("sslmode={mode}&{of}")), &[no_authority]);
        }
    }
    refused(&world.url("sheaf", "127.0.0.1", &verified), &["is for localhost, and not for `127.0.0.1`"]);
    refused(&world.url("bound:no", "localhost", &verified), &["password authentication failed"]);
    refused(&world.url("certified", "localhost", &verified), &["certificate"]);
    refused(&world.url("plain", "127.0.0.1", "sslmode=require"), &["rejects", "28000"]);
    let without_tls = without_tls.split('?').next().unwrap_or_default();
    for mode in ["require", "verify-full"] {
        let url = format!("{without_tls}?sslmode={mode}&sslrootcert={ca}");
        refused(&url, &["does not offer TLS", &format!("sslmode={mode}")]);
    }
}
