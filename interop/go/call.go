package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"testigo/interop/greeterpb"
)

const (
	idKey   = "testigo-id"
	textMax = 1024 // octets of a peer's text
)

var methods = map[string]string{
	"unary":         greeterpb.Greeter_Greet_FullMethodName,
	"server-stream": greeterpb.Greeter_GreetMany_FullMethodName,
	"client-stream": greeterpb.Greeter_GreetAll_FullMethodName,
	"bidi":          greeterpb.Greeter_Converse_FullMethodName,
}

var (
	nameRule = regexp.MustCompile(`\A[A-Za-z0-9._-]{1,64}\z`)
	idRule   = regexp.MustCompile(`\A[A-Za-z0-9._-]{1,64}/[A-Za-z0-9._-]{1,64}/[1-9][0-9]{0,19}\z`)
)

type reply struct {
	Client string `json:"client"`
	Call   uint64 `json:"call"`
	Server string `json:"server"`
}

// call is one call, as its witness saw it.
type call struct {
	id, kind          string
	began             time.Time
	status            codes.Code
	message           string
	requests, replies int
	reply             *reply
}

func (c *call) ends(err error) {
	end := status.Convert(err)
	c.status, c.message = end.Code(), shortened(end.Message())
}

// replied keeps the first reply that names another client or call than the id, else the last.
func (c *call) replied(with *greeterpb.GreetReply) {
	c.replies++
	if !c.misnamed() {
		c.reply = &reply{shortened(with.GetClient()), with.GetCall(), shortened(with.GetServer())}
	}
}

func (c *call) misnamed() bool {
	if c.reply == nil {
		return false
	}
	parts := strings.Split(c.id, "/")
	return c.reply.Client != parts[0] || strconv.FormatUint(c.reply.Call, 10) != parts[2]
}

func (c *call) latency() time.Duration {
	return time.Since(c.began)
}

func (c *call) String() string {
	said := strconv.Quote(c.message)
	if c.message == "" && c.reply != nil {
		said = fmt.Sprint(*c.reply)
	}
	return fmt.Sprintf("%s  %s  %d  %.3f ms  %s", c.id, c.kind, c.status, float64(c.latency().Microseconds())/1000, said)
}

func shortened(text string) string {
	if len(text) > textMax {
		return text[:textMax]
	}
	return text
}
