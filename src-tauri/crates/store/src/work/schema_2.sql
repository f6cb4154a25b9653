-- Messages a reviewer flagged. Servers know no flags, so this is the only place that has them.
CREATE TABLE flags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    message TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL
);
