// Go's net/http; answers with what it has read. Prints its port.
package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
)

type turns struct{}

func route(request *http.Request) string {
	first := strings.SplitN(strings.TrimPrefix(path.Clean("/"+request.URL.Path), "/"), "/", 2)[0]
	if first == "open" || first == "secret" {
		return first
	}
	return "root"
}

func serve(response http.ResponseWriter, request *http.Request) {
	turn := request.Context().Value(turns{}).(*atomic.Int64).Add(1)
	body, err := io.ReadAll(request.Body)
	if err != nil {
		response.WriteHeader(400)
		return
	}
	response.Header().Set("X-Sighting", fmt.Sprintf("%x.%x.%s.%x.%s.%d", request.Method, request.RequestURI, route(request),
		request.Header.Get("X-Request-Id"), hex.EncodeToString(body), turn))
	response.WriteHeader(200)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := http.Server{
		Handler: http.HandlerFunc(serve),
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, turns{}, new(atomic.Int64))
		},
		DisableGeneralOptionsHandler: true,
	}
	panic(server.Serve(listener))
}
