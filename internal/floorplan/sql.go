package floorplan

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// literal is a string in Go source; chains of + are one literal with "?" for what is not constant.
type literal struct {
	text string
	pos  token.Pos
}

// literals returns the strings of a file without import paths and struct tags.
func literals(f *ast.File) []literal {
	var found []literal
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			return n.Tag == nil
		case *ast.BinaryExpr:
			if text, constant := chain(n); n.Op == token.ADD && constant {
				found = append(found, literal{text, n.Pos()})
				return false
			}
		case *ast.BasicLit:
			if text, constant := chain(n); constant {
				found = append(found, literal{text, n.Pos()})
			}
		}
		return true
	})
	return found
}

// chain joins the parts of a + chain; constant is false when no part is a string literal.
func chain(x ast.Expr) (text string, constant bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			s, err := strconv.Unquote(x.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return chain(x.X)
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			a, okA := chain(x.X)
			b, okB := chain(x.Y)
			return a + b, okA || okB
		}
	}
	return " ? ", false
}

var (
	sqlCapitals = regexp.MustCompile(`\b(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(UNIQUE\s+)?(TABLE|VIEW|INDEX)\b|ALTER\s+TABLE\s|DROP\s+(TABLE|VIEW|INDEX)\b|FROM\s+[a-z_]+|JOIN\s+[a-z_]+|ORDER\s+BY\s|GROUP\s+BY\s|ON\s+CONFLICT\b)|^\s*WHERE\s`)
	sqlSmall    = regexp.MustCompile(`(?s)^\s*(select\s.+\sfrom\s+\w|insert\s+into\s+\w|update\s+\w+\s+set\s|delete\s+from\s+\w|create\s+table\s)`)
)

// looksLikeSQL reports whether a string is a statement or a piece of one.
func looksLikeSQL(s string) bool { return sqlCapitals.MatchString(s) || sqlSmall.MatchString(s) }

// sqlToken is a word, a number or a single sign; texts and comments are left out.
type sqlToken struct {
	text string
	line int // within the SQL, from 0
}

func (t sqlToken) is(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, t.text) })
}

func (t sqlToken) word() bool {
	return t.text != "" && (t.text[0] == '_' || unicode.IsLetter(rune(t.text[0])))
}

// scan splits SQL into tokens.
func scan(sql string) []sqlToken {
	var tokens []sqlToken
	line := 0
	for i := 0; i < len(sql); {
		end := i + 1
		switch c := sql[i]; {
		case c == '\n':
			line++
		case c == ' ' || c == '\t' || c == '\r':
		case strings.HasPrefix(sql[i:], "--"):
			end = i + until(sql[i:], "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			end = i + until(sql[i:], "*/") + 2
		case c == '\'':
			end = i + 1 + until(sql[i+1:], "'") + 1
		case c == '"':
			end = i + 1 + until(sql[i+1:], `"`) + 1
			tokens = append(tokens, sqlToken{strings.Trim(sql[i:min(end, len(sql))], `"`), line})
		case wordByte(c):
			for end < len(sql) && wordByte(sql[end]) {
				end++
			}
			tokens = append(tokens, sqlToken{sql[i:end], line})
		default:
			tokens = append(tokens, sqlToken{sql[i:end], line})
		}
		end = min(end, len(sql))
		if sql[i] != '\n' {
			line += strings.Count(sql[i:end], "\n")
		}
		i = end
	}
	return tokens
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func until(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i
	}
	return len(s)
}

// use is one table named in a statement.
type use struct {
	table string
	how   string // "read", "write", "create" or "references"
	line  int
}

// uses returns the tables a piece of SQL names and the names it defines itself with WITH.
func uses(sql string) (named []use, defined []string) {
	t := scan(sql)
	at := func(i int) sqlToken {
		if i < 0 || i >= len(t) {
			return sqlToken{}
		}
		return t[i]
	}
	add := func(i int, how string) {
		for at(i).is("IF", "NOT", "EXISTS", "ONLY", "LATERAL") {
			i++
		}
		if at(i).word() && at(i+1).text != "(" || at(i).word() && how != "read" {
			named = append(named, use{strings.ToLower(at(i).text), how, at(i).line})
		}
	}
	for i := range t {
		switch {
		case t[i].is("FROM") && (at(i-1).is("DISTINCT") && at(i-2).is("IS", "NOT") || inExtract(t, i)):
		case t[i].is("FROM") && at(i-1).is("DELETE"):
			add(i+1, "write")
		case t[i].is("FROM"):
			add(i+1, "read")
			for _, j := range commas(t, i+1) {
				add(j, "read")
			}
		case t[i].is("JOIN"):
			add(i+1, "read")
		case t[i].is("INTO"):
			add(i+1, "write")
		case t[i].is("UPDATE") && !at(i-1).is("DO", "FOR", "KEY", "ON", "BEFORE", "AFTER", "OR") && !at(i+1).is("ON", "OF", "SET"):
			add(i+1, "write")
		case t[i].is("TABLE", "VIEW") && at(i-1).is("CREATE", "TEMP", "TEMPORARY", "VIRTUAL"):
			add(i+1, "create")
		case t[i].is("TABLE", "VIEW") && at(i-1).is("ALTER", "DROP"):
			add(i+1, "write")
		case t[i].is("ON") && onTable(t, i):
			add(i+1, "write")
		case t[i].is("REFERENCES"):
			add(i+1, "references")
		case t[i].is("AS") && (at(i+1).text == "(" || at(i+1).is("MATERIALIZED", "NOT")) && !at(i-1).is("GENERATED", "ALWAYS"):
			defined = append(defined, definedBefore(t, i))
		}
	}
	return named, defined
}

// inExtract reports whether the FROM at i belongs to EXTRACT(x FROM y), TRIM(…) or SUBSTRING(…).
func inExtract(t []sqlToken, i int) bool {
	depth := 0
	for j := i - 1; j > 0; j-- {
		switch t[j].text {
		case ")":
			depth++
		case "(":
			if depth == 0 {
				return t[j-1].is("EXTRACT", "TRIM", "SUBSTRING", "OVERLAY")
			}
			depth--
		}
	}
	return false
}

// onTable reports whether the ON at i names the table of an index or a trigger.
func onTable(t []sqlToken, i int) bool {
	for j := i - 1; j >= 0 && t[j].text != ";" && i-j < 12; j-- {
		if t[j].is("INDEX", "TRIGGER") && j > 0 && t[j-1].is("CREATE", "UNIQUE") {
			return true
		}
		if t[j].is("JOIN", "SELECT", "WHEN") {
			return false
		}
	}
	return false
}

// commas returns the positions after the commas of a FROM list that starts at i.
func commas(t []sqlToken, i int) []int {
	var found []int
	depth := 0
	for ; i < len(t); i++ {
		switch {
		case t[i].text == "(":
			depth++
		case t[i].text == ")":
			depth--
		case t[i].text == "," && depth == 0:
			found = append(found, i+1)
		case depth == 0 && (t[i].text == ";" || t[i].is("WHERE", "ORDER", "GROUP", "JOIN", "LEFT", "INNER", "CROSS", "FULL", "RIGHT", "ON",
			"UNION", "EXCEPT", "INTERSECT", "LIMIT", "HAVING", "WINDOW", "RETURNING", "SELECT", "FOR", "SET", "VALUES")):
			return found
		}
		if depth < 0 {
			return found
		}
	}
	return found
}

// definedBefore returns the name in "name AS (" or "name (a, b) AS (".
func definedBefore(t []sqlToken, as int) string {
	i := as - 1
	if i >= 0 && t[i].text == ")" {
		for i > 0 && t[i].text != "(" {
			i--
		}
		i--
	}
	if i < 0 {
		return ""
	}
	return strings.ToLower(t[i].text)
}

// stars returns the lines on which all columns are asked for.
func stars(sql string) []int {
	t := scan(sql)
	var lines []int
	for i := range t {
		if t[i].text != "*" || i == 0 {
			continue
		}
		prev := t[i-1]
		afterDot := prev.text == "."
		if prev.is("SELECT", "DISTINCT", "ALL", "RETURNING") || afterDot || prev.text == "," {
			lines = append(lines, t[i].line)
		}
	}
	return lines
}
