package db

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"

	"github.com/ncruces/go-sqlite3"
	sqlite "github.com/ncruces/go-sqlite3/driver"
)

// statementsKept is how many prepared statements a connection to SQLite keeps. The program has a few hundred texts of
// SQL; preparing one costs more than running most of them. (The driver for PostgreSQL keeps statements by itself.)
const statementsKept = 256

// connector opens connections that keep their statements.
type connector struct{ driver.Connector }

func newConnector(dsn string) (driver.Connector, error) {
	c, err := (&sqlite.SQLite{}).OpenConnector(dsn)
	return connector{c}, err
}

// Connect opens a connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keepingConn{Conn: conn.(sqlite.Conn), free: map[string]*list.Element{}}, nil //nolint:forcetypeassert // the driver has no other
}

// keepingConn is a connection with the statements that nobody is using at the moment, the latest used first. As
// connections do, it serves one goroutine at a time.
type keepingConn struct {
	sqlite.Conn
	free  map[string]*list.Element
	order list.List // of *keptStatement
}

// Raw is the connection below, for backups and functions of SQLite.
func (c *keepingConn) Raw() *sqlite3.Conn { return c.Conn.Raw() }

// ExecContext runs statements without arguments, such as those of migrations, unprepared.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args) //nolint:forcetypeassert // the driver's connections are execers
}

// PrepareContext returns a kept statement when there is one.
func (c *keepingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if at := c.free[query]; at != nil {
		delete(c.free, query)
		s := c.order.Remove(at).(*keptStatement) //nolint:forcetypeassert // the list holds nothing else
		return s, nil
	}
	s, err := c.Conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &keptStatement{statement: s.(statement), conn: c, query: query}, nil //nolint:forcetypeassert // as above
}

// keep takes a statement back. A statement used twice at the same time was prepared twice; one of them is kept.
func (c *keepingConn) keep(s *keptStatement) error {
	if c.free[s.query] != nil {
		return s.statement.Close()
	}
	c.free[s.query] = c.order.PushFront(s)
	if c.order.Len() <= statementsKept {
		return nil
	}
	last := c.order.Remove(c.order.Back()).(*keptStatement) //nolint:forcetypeassert // the list holds nothing else
	delete(c.free, last.query)
	return last.statement.Close()
}

// Close closes the statements and the connection.
func (c *keepingConn) Close() error {
	var errs []error
	for at := c.order.Front(); at != nil; at = at.Next() {
		errs = append(errs, at.Value.(*keptStatement).statement.Close()) //nolint:forcetypeassert // the list holds nothing else
	}
	c.order.Init()
	clear(c.free)
	return errors.Join(append(errs, c.Conn.Close())...)
}

// statement is what statements of the driver can do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// keptStatement goes back to its connection when it is closed.
type keptStatement struct {
	statement
	conn  *keepingConn
	query string
}

// Close gives the statement back.
func (s *keptStatement) Close() error { return s.conn.keep(s) }
