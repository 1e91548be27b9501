package appsync

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// Limits of connections, as AppSync has them where it says so.
const (
	maxFrame         = 240 << 10
	maxSubscriptions = 100     // of one connection
	maxQueued        = 256     // messages that a client has not taken yet
	maxQueuedBytes   = 4 << 20 // of them
	keepAlive        = time.Minute
	connectionLife   = 24 * time.Hour
	timeoutMillis    = 300_000
	writeTime        = 10 * time.Second
	closeTime        = time.Second / 2
)

// hub is the connections for subscriptions, and who is subscribed to what.
// Nothing of it is stored: clients connect again.
type hub struct {
	mu          sync.RWMutex
	closed      bool
	connections map[*connection]bool
	topics      map[topic]map[*subscription]bool
	running     sync.WaitGroup
	wake        chan struct{} // there is a connection again
}

// topic is a mutation of an API.
type topic struct{ api, mutation string }

func newHub() *hub {
	return &hub{connections: map[*connection]bool{}, topics: map[topic]map[*subscription]bool{}, wake: make(chan struct{}, 1)}
}

// connection is one WebSocket. Its messages are read by one goroutine and
// written by another.
type connection struct {
	s       *Service
	api     string
	ws      *websocket.Conn
	call    aws.Call // of the handshake
	entry   handshake
	refused *refusal // of the handshake
	who     *caller
	began   time.Time
	out     chan []byte  // nil closes the connection
	queued  atomic.Int64 // bytes in out
	ctx     context.Context
	cancel  context.CancelFunc
	using   context.Context // of the socket: ends a moment after ctx, when the farewell is said
	hangUp  context.CancelFunc

	mu            sync.Mutex
	ready         bool // connection_init was answered
	subscriptions map[string]*subscription
}

// serve runs a connection until it ends.
func (s *Service) serve(c *connection) {
	h := s.hub
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.using, c.hangUp = context.WithCancel(context.Background())
	c.out = make(chan []byte, maxQueued)
	c.subscriptions = map[string]*subscription{}
	c.began = c.call.Time // when the client asked: it may be told before we get here
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		c.end()
		c.hangUp()
		c.ws.CloseNow()
		return
	}
	h.connections[c] = true
	h.running.Add(2)
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
	go func() {
		defer h.running.Done()
		c.write()
	}()
	go func() {
		defer h.running.Done()
		defer c.leave()
		c.read()
	}()
}

// leave takes a connection and its subscriptions out.
func (c *connection) leave() {
	c.end()
	h := c.s.hub
	h.mu.Lock()
	delete(h.connections, c)
	h.mu.Unlock()
	c.mu.Lock()
	subscriptions := c.subscriptions
	c.subscriptions = nil
	ready := c.ready
	c.mu.Unlock()
	for _, sub := range subscriptions {
		h.remove(sub)
	}
	if ready {
		c.count("DisconnectSuccess", meter.Count, 1)
		c.count("ConnectionDuration", meter.Milliseconds, float64(c.s.Now().Sub(c.began).Milliseconds()))
		c.s.Meter.Charge(c.call.Scope, meter.Item{Product: product, Unit: "ConnectionMinutes"}, minutes(c.s.Now().Sub(c.began)))
	}
}

// minutes counts begun minutes.
func minutes(d time.Duration) float64 { return float64((d + time.Minute - 1) / time.Minute) }

// read takes messages until the connection ends.
func (c *connection) read() {
	for {
		kind, frame, err := c.ws.Read(c.using)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			c.fail("BadRequestException", "Only text frames are supported.", 400)
			continue
		}
		m, err := parseMessage(string(frame))
		if err != nil {
			c.fail("BadRequestException", err.Error(), 400)
			continue
		}
		c.receive(m)
	}
}

// receive acts on one message. What comes before connection_init is ignored.
func (c *connection) receive(m message) {
	if m.kind == "connection_init" {
		c.open()
		return
	}
	if !c.ready {
		return
	}
	switch m.kind {
	case "start":
		c.start(m)
	case "stop":
		c.stop(m.id)
	case "connection_terminate":
		c.send(nil)
	default:
		c.send(problem("error", m.id, errorsOf("UnsupportedOperation", fmt.Sprintf("Operation not supported through the realtime channel: %s", m.kind), 400)))
	}
}

// open answers connection_init.
func (c *connection) open() {
	if c.refused != nil {
		c.count("ConnectClientError", meter.Count, 1)
		c.fail(c.refused.kind, c.refused.message, c.refused.status)
		c.send(nil)
		return
	}
	c.count("ConnectSuccess", meter.Count, 1)
	c.send(fmt.Appendf(nil, `{"type":"connection_ack","payload":{"connectionTimeoutMs":%d}}`, timeoutMillis))
	c.send(plain("ka", ""))
	c.mu.Lock()
	c.ready = true // from here on it is kept alive
	c.mu.Unlock()
}

func (c *connection) fail(kind, message string, code int) {
	c.send(problem("connection_error", "", errorsOf(kind, message, code)))
}

// send queues a message. A client that does not take what it asked for loses
// its connection: the others go on.
func (c *connection) send(m []byte) {
	if c.queued.Add(int64(len(m))) > maxQueuedBytes {
		c.end()
		return
	}
	select {
	case c.out <- m:
	default:
		c.end()
	}
}

// end ends the connection. A client that does not take the farewell is not
// waited for long.
func (c *connection) end() {
	if c.ctx.Err() == nil {
		c.cancel()
		time.AfterFunc(closeTime, c.hangUp)
	}
}

// write writes what is queued.
func (c *connection) write() {
	code, reason := websocket.StatusGoingAway, "The connection is closed."
	defer func() {
		c.ws.Close(code, reason)
		c.hangUp()
	}()
	for {
		select {
		case <-c.ctx.Done():
			return
		case m := <-c.out:
			if m == nil {
				code = websocket.StatusNormalClosure
				c.end()
				return
			}
			ctx, cancel := context.WithTimeout(c.using, writeTime)
			err := c.ws.Write(ctx, websocket.MessageText, m)
			cancel()
			c.queued.Add(-int64(len(m)))
			if err != nil {
				c.end()
				return
			}
		}
	}
}

// Close ends all connections, and returns when nothing of them runs.
func (s *Service) Close() error {
	h := s.hub
	h.mu.Lock()
	h.closed = true
	for c := range h.connections {
		c.end()
	}
	h.mu.Unlock()
	h.running.Wait()
	return nil
}

// keep keeps connections alive, counts them, and ends those whose time is
// over, once a minute while there are any.
func (s *Service) keep(ctx context.Context) {
	sleeper := s.Clock.Sleeper()
	defer sleeper.Close()
	for ctx.Err() == nil {
		if len(s.hub.all()) == 0 {
			sleeper.Sleep(ctx, time.Time{}, s.hub.wake)
			continue
		}
		sleeper.Sleep(ctx, s.Clock.Now().Add(keepAlive), nil)
		if ctx.Err() != nil {
			break
		}
		now := s.Clock.Now()
		for _, c := range s.hub.all() {
			c.tick(now)
		}
	}
}

// all lists the connections.
func (h *hub) all() []*connection {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]*connection, 0, len(h.connections))
	for c := range h.connections {
		list = append(list, c)
	}
	return list
}

// tick is what happens to a connection each minute.
func (c *connection) tick(now time.Time) {
	c.mu.Lock()
	ready := c.ready
	var expired []*subscription
	for _, sub := range c.subscriptions {
		if sub.who.expired(now) {
			expired = append(expired, sub)
		}
	}
	active := len(c.subscriptions)
	c.mu.Unlock()
	for _, sub := range expired {
		c.expire(sub)
	}
	switch {
	case now.Sub(c.began) >= connectionLife, !ready && now.Sub(c.began) >= keepAlive:
		c.send(nil)
	case ready:
		c.count("ActiveConnections", meter.Count, 1)
		if active > 0 {
			c.count("ActiveSubscriptions", meter.Count, float64(active))
		}
		if len(c.out) == 0 { // else there is something for the client to see
			c.send(plain("ka", ""))
		}
	}
}

// Run keeps connections and writes logs until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	var wait sync.WaitGroup
	wait.Go(func() { s.keep(ctx) })
	defer wait.Wait()
	return s.logs.Run(ctx)
}
