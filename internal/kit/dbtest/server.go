package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"

	"lienthong/internal/kit/db"
)

// server returns the address of the PostgreSQL server for this process and starts one when needed.
var server = sync.OnceValues(func() (string, error) {
	if address := os.Getenv("LIENTHONG_TEST_POSTGRES"); address != "" {
		return address, nil
	}
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	sweep()
	s, err := start(bin)
	return s.address, err
})

// Serve starts a PostgreSQL server from the machine's binaries and returns its
// address and a function that stops it and removes its data. Command pg keeps
// one such server for a whole test run.
func Serve() (address string, stop func() error, err error) {
	bin, err := binaries()
	if err != nil {
		return "", nil, err
	}
	sweep()
	s, err := start(bin)
	if err != nil {
		return "", nil, err
	}
	return s.address, s.stop, nil
}

// cluster is a running server.
type cluster struct {
	address string
	dir     string
	process *os.Process
	ended   <-chan error
}

// stop ends the server without waiting for its clients, and removes its data.
func (c cluster) stop() error {
	if err := c.process.Signal(syscall.SIGQUIT); err != nil {
		return err
	}
	<-c.ended // its exit status says only that it was told to stop
	return os.RemoveAll(c.dir)
}

// binaries finds the folder that holds initdb and postgres.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	sort.Strings(found)
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	p, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("neither LIENTHONG_TEST_POSTGRES nor the programs initdb and postgres are there; on Debian: apt-get install postgresql")
	}
	p, err = filepath.EvalSymlinks(p)
	return filepath.Dir(p), err
}

// account is who the server runs as: PostgreSQL refuses to run as root.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("running as root and there is no account postgres to start the server with")
}

const prefix = "lienthong-pg-"

// sweep removes what test processes that were killed left behind.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Ext(dir)[1:])
		if err == nil && syscall.Kill(pid, 0) != nil {
			_ = os.RemoveAll(dir)
		}
	}
}

// start makes a cluster in a temporary folder and runs it on a socket there. The
// kernel ends it when this process ends.
func start(bin string) (cluster, error) {
	who, err := account()
	if err != nil {
		return cluster{}, err
	}
	dir, err := os.MkdirTemp("", prefix+"*."+strconv.Itoa(os.Getpid()))
	if err != nil {
		return cluster{}, err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return cluster{}, err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return cluster{}, fmt.Errorf("initdb: %w: %s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return cluster{}, err
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}
	started, ended := make(chan error, 1), make(chan error, 1)
	go func() { // Pdeathsig follows the thread, so the thread must live as long as the server
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			err = cmd.Wait()
		}
		ended <- err
	}()
	if err := <-started; err != nil {
		return cluster{}, err
	}
	address := (&url.URL{Scheme: "postgres", User: url.User("test"), Path: "/postgres", RawQuery: url.Values{"host": {dir}}.Encode()}).String()
	return cluster{address, dir, cmd.Process, ended}, wait(address, ended)
}

func wait(address string, failed <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if d, err := db.Open(ctx, address); err == nil {
			return d.Close()
		}
		select {
		case err := <-failed:
			return fmt.Errorf("the PostgreSQL server ended: %w", err)
		case <-ctx.Done():
			return errors.New("the PostgreSQL server does not answer")
		case <-tick.C:
		}
	}
}
