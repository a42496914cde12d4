package db

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/jmoiron/sqlx/reflectx"
)

// fields finds the columns of structs by their db tags.
var fields = reflectx.NewMapperFunc("db", strings.ToLower)

// mostAtOnce is how many rows one statement of InsertAll carries at most; below it the numbers of rows are powers of two,
// so that there are few texts of each statement to keep prepared.
const mostAtOnce = 64

// insertion is the text of INSERT with a number of rows.
type insertion struct {
	into, columns string
	rows          int
}

var insertions sync.Map // insertion → string

func (i insertion) text() string {
	if t, ok := insertions.Load(i); ok {
		return t.(string) //nolint:forcetypeassert // the map holds nothing else
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", strings.Count(i.columns, ",")+1), ", ") + ")"
	t := "INSERT INTO " + i.into + " (" + i.columns + ") VALUES " + strings.TrimSuffix(strings.Repeat(row+", ", i.rows), ", ")
	insertions.Store(i, t)
	return t
}

// InsertAll writes a slice of structs with db tags into the columns of a table, many rows with one statement: what costs
// is the statement, not the row.
func (t *Tx) InsertAll(ctx context.Context, into, columns string, rows any) error {
	list := reflect.ValueOf(rows)
	if list.Kind() != reflect.Slice {
		return errors.New("InsertAll takes a slice, not " + list.Kind().String())
	}
	names := strings.Split(columns, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	for at := 0; at < list.Len(); {
		n := mostAtOnce
		for n > list.Len()-at {
			n /= 2
		}
		args := make([]any, 0, n*len(names))
		for i := range n {
			var err error
			if args, err = valuesOf(list.Index(at+i), names, args); err != nil {
				return err
			}
		}
		if _, err := t.Exec(ctx, insertion{into, columns, n}.text(), args...); err != nil {
			return err
		}
		at += n
	}
	return nil
}

// valuesOf appends the fields of a struct that belong to columns.
func valuesOf(row reflect.Value, names []string, args []any) ([]any, error) {
	row = reflect.Indirect(row)
	err := fields.TraversalsByNameFunc(row.Type(), names, func(i int, path []int) error {
		if len(path) == 0 {
			return errors.New("no field for column " + strconv.Quote(names[i]) + " in " + row.Type().String())
		}
		args = append(args, reflectx.FieldByIndexesReadOnly(row, path).Interface())
		return nil
	})
	return args, err
}
