package main

// The periodic client on grpc-go, and a witness: call n starts at n × period, whatever earlier calls do; calls fail fast.

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"

	"testigo/interop/greeterpb"
)

type client struct {
	options    clientOptions
	stub       greeterpb.GreeterClient
	statements *statements
	failed     atomic.Int64
}

// runClient returns how many calls failed, or got a reply that names another.
func runClient(options clientOptions) (int64, error) {
	connection, err := dial(options)
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	start := startLine{Witness: "client", Name: options.name, Address: options.target, TLS: options.tlsCA != "",
		Period: options.every.Nanoseconds(), Deadline: options.deadline.Nanoseconds()}
	said, err := openStatements(options.statements, start)
	if err != nil {
		return 0, err
	}
	c := &client{options: options, stub: greeterpb.NewGreeterClient(connection), statements: said}
	c.run()
	said.end()
	return c.failed.Load(), nil
}

func dial(options clientOptions) (*grpc.ClientConn, error) {
	trust := insecure.NewCredentials()
	if options.tlsCA != "" {
		var err error
		if trust, err = credentials.NewClientTLSFromFile(options.tlsCA, ""); err != nil {
			return nil, err
		}
	}
	patience := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second}
	how := []grpc.DialOption{grpc.WithTransportCredentials(trust), grpc.WithNoProxy(), // the peer is the one that was named
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: patience, MinConnectTimeout: 5 * time.Second})}
	if options.gzip {
		how = append(how, grpc.WithDefaultCallOptions(grpc.UseCompressor(gzip.Name)))
	}
	return grpc.NewClient(options.target, how...)
}

func (c *client) run() {
	asked, forget := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer forget()
	var calls sync.WaitGroup
	defer calls.Wait()
	begin := time.Now()
	for before := 0; before != c.options.count; before++ {
		start := time.Duration(before) * c.options.every
		if c.options.length != 0 && start >= c.options.length {
			return
		}
		select {
		case <-asked.Done():
			return
		case <-time.After(time.Until(begin.Add(start))):
		}
		calls.Add(1)
		go func(number int) {
			defer calls.Done()
			c.call(number)
		}(before + 1)
	}
}

func (c *client) call(number int) {
	call := &call{id: fmt.Sprintf("%s/%s/%d", c.options.name, c.statements.process, number), kind: c.options.kind, began: time.Now()}
	ctx, cancel := context.WithTimeout(context.Background(), c.options.deadline)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, idKey, call.id)
	payload := bytes.Repeat([]byte("x"), c.options.payload)
	request := &greeterpb.GreetRequest{Client: c.options.name, Call: uint64(number), Payload: payload}
	c.statements.started(call)
	call.ends(exchanges[call.kind](ctx, c.stub, call, request, c.options.messages))
	c.statements.ended(call)
	if call.status != 0 || call.misnamed() {
		c.failed.Add(1)
	}
	fmt.Println(call)
}

// The four kinds. What comes back without an error ended with OK.
type exchange func(context.Context, greeterpb.GreeterClient, *call, *greeterpb.GreetRequest, int) error

var exchanges = map[string]exchange{"unary": unary, "server-stream": serverStream, "client-stream": clientStream, "bidi": bidi}

func unary(ctx context.Context, stub greeterpb.GreeterClient, call *call, request *greeterpb.GreetRequest, _ int) error {
	call.requests = 1
	reply, err := stub.Greet(ctx, request)
	if err == nil {
		call.replied(reply)
	}
	return err
}

func serverStream(ctx context.Context, stub greeterpb.GreeterClient, call *call, request *greeterpb.GreetRequest, messages int) error {
	request.Replies = uint32(messages)
	call.requests = 1
	stream, err := stub.GreetMany(ctx, request)
	if err != nil {
		return err
	}
	return readAll(stream, call)
}

func clientStream(ctx context.Context, stub greeterpb.GreeterClient, call *call, request *greeterpb.GreetRequest, messages int) error {
	stream, err := stub.GreetAll(ctx)
	if err != nil {
		return err
	}
	for call.requests < messages && stream.Send(request) == nil { // when it cannot be sent, the end says why
		call.requests++
	}
	reply, err := stream.CloseAndRecv()
	if err == nil {
		call.replied(reply)
	}
	return err
}

func bidi(ctx context.Context, stub greeterpb.GreeterClient, call *call, request *greeterpb.GreetRequest, messages int) error {
	stream, err := stub.Converse(ctx)
	if err != nil {
		return err
	}
	for call.requests < messages && stream.Send(request) == nil {
		call.requests++
		reply, err := stream.Recv()
		if err != nil {
			return orOK(err)
		}
		call.replied(reply)
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return readAll(stream, call)
}

func readAll(stream interface {
	Recv() (*greeterpb.GreetReply, error)
}, call *call) error {
	for {
		reply, err := stream.Recv()
		if err != nil {
			return orOK(err)
		}
		call.replied(reply)
	}
}

func orOK(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
