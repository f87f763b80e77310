// The reference system on grpc-go: greeter server|client [OPTIONS].
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

type serverOptions struct {
	listen, name, statements, tlsCert, tlsKey string
}

type clientOptions struct {
	target, name, kind, statements, tlsCA string
	every, length, deadline               time.Duration
	count, messages, payload              int
	gzip                                  bool
}

func main() {
	program := ""
	if len(os.Args) > 1 {
		program = os.Args[1]
	}
	switch program {
	case "server":
		give(serve(parseServer(os.Args[2:])))
	case "client":
		failed, err := runClient(parseClient(os.Args[2:]))
		give(err)
		if failed > 0 {
			os.Exit(1)
		}
	default:
		refuse("server or client?")
	}
}

func give(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "greeter:", err)
		os.Exit(4)
	}
}

func refuse(why string) {
	fmt.Fprintln(os.Stderr, "greeter:", why)
	os.Exit(2)
}

func parseServer(arguments []string) (o serverOptions) {
	flags := flag.NewFlagSet("greeter server", flag.ExitOnError)
	flags.StringVar(&o.listen, "listen", "127.0.0.1:50051", "`HOST:PORT`; port 0: a free one, which is printed")
	flags.StringVar(&o.name, "name", "server", "the name in its replies and statements")
	flags.StringVar(&o.statements, "statements", "", "append what this process saw of each call, as JSON lines, to this `FILE`")
	flags.StringVar(&o.tlsCert, "tls-cert", "", "TLS: the server's certificate, a `PEM` file")
	flags.StringVar(&o.tlsKey, "tls-key", "", "TLS: the key of the certificate, a `PEM` file")
	parse(flags, arguments, &o.name)
	if (o.tlsCert == "") != (o.tlsKey == "") {
		refuse("--tls-cert and --tls-key go together")
	}
	return o
}

func parseClient(arguments []string) (o clientOptions) {
	flags := flag.NewFlagSet("greeter client", flag.ExitOnError)
	flags.StringVar(&o.target, "target", "127.0.0.1:50051", "the server, `HOST:PORT`")
	flags.StringVar(&o.name, "name", "client1", "the client's name")
	flags.DurationVar(&o.every, "every", time.Second, "the time from one start to the next")
	flags.IntVar(&o.count, "count", -1, "end after this many calls")
	flags.DurationVar(&o.length, "for", 0, "start no more calls after this time")
	flags.StringVar(&o.kind, "kind", "unary", "unary, server-stream, client-stream or bidi")
	flags.DurationVar(&o.deadline, "deadline", 5*time.Second, "the time that a call has")
	flags.IntVar(&o.payload, "payload-bytes", 0, "ballast of each message, both ways")
	flags.IntVar(&o.messages, "messages", 3, "messages of each stream")
	flags.StringVar(&o.statements, "statements", "", "append what this process saw of each call, as JSON lines, to this `FILE`")
	flags.StringVar(&o.tlsCA, "tls-ca", "", "TLS: trust servers that this authority signed, a `PEM` file")
	flags.BoolVar(&o.gzip, "gzip", false, "compress requests by gzip")
	parse(flags, arguments, &o.name)
	if methods[o.kind] == "" {
		refuse("--kind is unary, server-stream, client-stream or bidi")
	}
	if o.every <= 0 || o.deadline <= 0 || o.length < 0 || o.payload < 0 || o.messages < 0 {
		refuse("numbers and durations are not negative, and a period and a deadline not zero")
	}
	return o
}

func parse(flags *flag.FlagSet, arguments []string, name *string) {
	_ = flags.Parse(arguments) // it exits on a fault
	if flags.NArg() > 0 {
		refuse("what is " + flags.Arg(0) + "?")
	}
	if !nameRule.MatchString(*name) {
		refuse("a name is 1 to 64 letters, digits, '.', '_' or '-'")
	}
}
