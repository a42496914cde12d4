package migrate

// sqliteVersions is the SQL of a version table in SQLite. The one goose brings finds the table by reading a time
// from it, in a form that kit/db does not read, and so takes every table for missing.
type sqliteVersions struct{}

// TableExists says whether the version table is there.
func (sqliteVersions) TableExists(table string) string {
	return `SELECT COUNT(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = '` + table + `'`
}

// CreateTable makes the version table; times have the form of kit/db.
func (sqliteVersions) CreateTable(table string) string {
	return `CREATE TABLE ` + table + ` (
		id INTEGER PRIMARY KEY,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
	)`
}

// InsertVersion notes that a version was applied.
func (sqliteVersions) InsertVersion(table string) string {
	return `INSERT INTO ` + table + ` (version_id, is_applied) VALUES (?, ?)`
}

// DeleteVersion takes the note back.
func (sqliteVersions) DeleteVersion(table string) string {
	return `DELETE FROM ` + table + ` WHERE version_id = ?`
}

// GetMigrationByVersion reads one note.
func (sqliteVersions) GetMigrationByVersion(table string) string {
	return `SELECT tstamp, is_applied FROM ` + table + ` WHERE version_id = ? ORDER BY tstamp DESC LIMIT 1`
}

// ListMigrations reads all notes, the latest first.
func (sqliteVersions) ListMigrations(table string) string {
	return `SELECT version_id, is_applied FROM ` + table + ` ORDER BY id DESC`
}

// GetLatestVersion reads the highest version.
func (sqliteVersions) GetLatestVersion(table string) string {
	return `SELECT MAX(version_id) FROM ` + table
}
