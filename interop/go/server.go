package main

// The greeter on grpc-go, and a witness: it states what it received before it answers, and what became of it.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip" // whoever asks with it is answered with it
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"testigo/interop/greeterpb"
)

const (
	repliesUnasked = 3               // where the request of a server stream does not say
	grace          = 3 * time.Second // what calls in flight have when it ends
)

type greeter struct {
	greeterpb.UnimplementedGreeterServer
	name       string
	statements *statements
}

func (g *greeter) Greet(ctx context.Context, request *greeterpb.GreetRequest) (*greeterpb.GreetReply, error) {
	call := g.receive(ctx, "unary")
	if err := call.take(request); err != nil {
		return nil, err
	}
	return g.answer(call, request, 1), nil
}

func (g *greeter) GreetMany(request *greeterpb.GreetRequest, stream greeterpb.Greeter_GreetManyServer) error {
	call := g.receive(stream.Context(), "server-stream")
	if err := call.take(request); err != nil {
		return err
	}
	replies := request.GetReplies()
	if replies == 0 {
		replies = repliesUnasked
	}
	for sequence := uint32(1); sequence <= replies; sequence++ {
		if err := stream.Send(g.answer(call, request, sequence)); err != nil {
			return err
		}
	}
	return nil
}

func (g *greeter) GreetAll(stream greeterpb.Greeter_GreetAllServer) error {
	call := g.receive(stream.Context(), "client-stream")
	var last *greeterpb.GreetRequest
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = call.take(request)
		}
		if err != nil {
			return err
		}
		last = request
	}
	if last == nil {
		return status.Error(codes.InvalidArgument, "no request came")
	}
	return stream.SendAndClose(g.answer(call, last, uint32(call.requests)))
}

func (g *greeter) Converse(stream greeterpb.Greeter_ConverseServer) error {
	call := g.receive(stream.Context(), "bidi")
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = call.take(request)
		}
		if err == nil {
			err = stream.Send(g.answer(call, request, uint32(call.requests)))
		}
		if err != nil {
			return err
		}
	}
}

// receive states the call as received; without an id nothing is stated.
func (g *greeter) receive(ctx context.Context, kind string) *call {
	call := ctx.Value(callKey{}).(*call)
	call.kind = kind
	ids := metadata.ValueFromIncomingContext(ctx, idKey)
	if len(ids) == 1 && idRule.MatchString(ids[0]) {
		call.id = ids[0]
		from, _ := peer.FromContext(ctx)
		g.statements.received(call, from.Addr.String())
	}
	return call
}

func (c *call) take(request *greeterpb.GreetRequest) error {
	c.requests++
	if !nameRule.MatchString(request.GetClient()) {
		return status.Error(codes.InvalidArgument, "the client's name must be 1 to 64 letters, digits, '.', '_' or '-'")
	}
	return nil
}

func (g *greeter) answer(call *call, request *greeterpb.GreetRequest, sequence uint32) *greeterpb.GreetReply {
	message := fmt.Sprintf("Success: %s greets %s and answers its call %d", g.name, request.GetClient(), request.GetCall())
	reply := &greeterpb.GreetReply{Message: message, Client: request.GetClient(), Call: request.GetCall(), Server: g.name,
		Received: timestamppb.Now(), Sequence: sequence, Payload: request.GetPayload()}
	if call.id != "" {
		call.replied(reply)
	}
	return reply
}

// inItsOwnWords says of a call that its client left that it was left, and not what could not be sent then.
func inItsOwnWords(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	err := handle(service, stream)
	if left := stream.Context().Err(); err != nil && left != nil {
		return status.FromContextError(left).Err()
	}
	return err
}

// ends hears of the end of each call, when nothing of it is left.
type ends struct{ statements *statements }

type callKey struct{}

func (ends) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, callKey{}, &call{began: time.Now()})
}

func (e ends) HandleRPC(ctx context.Context, event stats.RPCStats) {
	end, isEnd := event.(*stats.End)
	call, _ := ctx.Value(callKey{}).(*call)
	if !isEnd || call == nil || call.id == "" {
		return
	}
	call.ends(end.Error)
	e.statements.ended(call)
	fmt.Println(call)
}

func (ends) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

func (ends) HandleConn(context.Context, stats.ConnStats) {}

func serve(options serverOptions) error {
	listener, err := net.Listen("tcp", options.listen)
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	address := options.listen[:strings.LastIndex(options.listen, ":")+1] + port
	start := startLine{Witness: "server", Name: options.name, Address: address, TLS: options.tlsCert != ""}
	said, err := openStatements(options.statements, start)
	if err != nil {
		return err
	}
	how := []grpc.ServerOption{grpc.StatsHandler(ends{said}), grpc.StreamInterceptor(inItsOwnWords)}
	if options.tlsCert != "" {
		identity, err := credentials.NewServerTLSFromFile(options.tlsCert, options.tlsKey)
		if err != nil {
			return err
		}
		how = append(how, grpc.Creds(identity))
	}
	server := grpc.NewServer(how...)
	greeterpb.RegisterGreeterServer(server, &greeter{name: options.name, statements: said})
	fmt.Println("listening on", address)
	go stopWhenAsked(server)
	err = server.Serve(listener)
	said.end()
	return err
}

func stopWhenAsked(server *grpc.Server) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
	<-asked
	time.AfterFunc(grace, server.Stop)
	server.GracefulStop()
}
