package main

// What a witness says of its calls, one JSON line each (docs/formats/statements.md).

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

var processBegan = time.Now() // carries the monotonic clock, which is compared within this process only

type line struct {
	Type      string `json:"type"`
	Time      string `json:"time"`
	Monotonic int64  `json:"monotonic_ns"`
}

func now(kind string) line {
	moment := time.Now()
	return line{kind, moment.UTC().Format("2006-01-02T15:04:05.000000000Z"), moment.Sub(processBegan).Nanoseconds()}
}

type startLine struct {
	line
	Format    string `json:"format"`
	Version   string `json:"version"`
	Witness   string `json:"witness"`
	Name      string `json:"name"`
	Process   string `json:"process"`
	Host      string `json:"host"`
	Pid       int    `json:"pid"`
	Address   string `json:"address"`
	Period    int64  `json:"period_ns,omitempty"`
	Deadline  int64  `json:"deadline_ns,omitempty"`
	TLS       bool   `json:"tls"`
	Continues bool   `json:"continues"`
}

type begunLine struct {
	line
	ID     string `json:"id"`
	Method string `json:"method"`
	Kind   string `json:"kind"`
	Peer   string `json:"peer,omitempty"`
}

type endedLine struct {
	line
	ID       string `json:"id"`
	Status   int    `json:"status"`
	Message  string `json:"message"`
	Latency  int64  `json:"latency_ns"`
	Requests int    `json:"requests"`
	Replies  int    `json:"replies"`
	Reply    *reply `json:"reply,omitempty"`
}

type lostLine struct {
	line
	Statements int `json:"statements"`
}

type endLine struct {
	line
	Calls int `json:"calls"`
}

// statements is a file of statements of this process, or nothing at all without a file. Goroutines may share it.
//
// A line is one write to a file opened for appending, done before the witness goes on: a killed process loses no earlier line.
type statements struct {
	process string
	mutex   sync.Mutex
	file    *os.File
	torn    bool
	calls   int
	lost    int
}

func openStatements(path string, start startLine) (*statements, error) {
	s := &statements{process: randomID()}
	if path != "" {
		if err := s.open(path); err != nil {
			return nil, err
		}
	}
	start.line, start.Format, start.Version = now("start"), "testigo-statements", "1.0"
	start.Process, start.Pid = s.process, os.Getpid()
	start.Host, _ = os.Hostname()
	s.state(start)
	return s, nil
}

func randomID() string {
	octets := make([]byte, 8)
	if _, err := rand.Read(octets); err != nil {
		panic(err)
	}
	return hex.EncodeToString(octets)
}

func (s *statements) open(path string) (err error) {
	if s.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return err
	}
	if syscall.Flock(int(s.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return fmt.Errorf("another process writes to %s", path)
	}
	s.torn = endsTorn(s.file)
	return nil
}

// endsTorn tells whether a process was killed in the middle of the file's last line.
func endsTorn(file *os.File) bool {
	last := make([]byte, 1)
	status, err := file.Stat()
	if err != nil || status.Size() == 0 {
		return false
	}
	_, err = file.ReadAt(last, status.Size()-1)
	return err == nil && last[0] != '\n'
}

func (s *statements) started(c *call) {
	s.count()
	s.state(begunLine{now("started"), c.id, methods[c.kind], c.kind, ""})
}

func (s *statements) received(c *call, peer string) {
	s.count()
	s.state(begunLine{now("received"), c.id, methods[c.kind], c.kind, peer})
}

func (s *statements) ended(c *call) {
	s.state(endedLine{now("ended"), c.id, int(c.status), c.message, c.latency().Nanoseconds(), c.requests, c.replies, c.reply})
}

func (s *statements) end() {
	s.state(endLine{now("end"), s.calls})
}

func (s *statements) count() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.calls++
}

func (s *statements) state(what any) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.file == nil {
		return
	}
	if s.lost > 0 && s.put(lostLine{now("lost"), s.lost}) {
		s.lost = 0
	}
	if s.lost > 0 || !s.put(what) {
		s.lost++
	}
}

func (s *statements) put(what any) bool {
	var octets bytes.Buffer
	if s.torn {
		octets.WriteByte('\n')
	}
	if json.NewEncoder(&octets).Encode(what) != nil { // it ends the line, too
		return false
	}
	written, err := syscall.Write(int(s.file.Fd()), octets.Bytes()) // File.Write would go on after a part
	if err == nil {
		s.torn = written < octets.Len()
	}
	return err == nil && !s.torn
}
