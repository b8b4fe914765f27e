package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Clients of the admin port that hold what they get. Each holds its connection for 8 seconds and comes again.
func init() {
	attacks = append(attacks, attack{
		name:  "admin-unread",
		what:  "300 clients ask for 100 answers each, over HTTP/2 where it is offered, and never read",
		https: true,
		start: withTLS,
		strike: func(w *world) {
			w.clients(300, func(host string) (net.Conn, error) {
				c, err := tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", host, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}})
				if err != nil {
					return nil, err
				}
				if c.ConnectionState().NegotiatedProtocol == "h2" {
					_, err = c.Write(streams(100, "/metrics"))
				} else {
					_, err = c.Write([]byte(strings.Repeat("GET /api/v1/targets HTTP/1.1\r\nHost: localhost\r\n\r\n", 100)))
				}
				return c, err
			})
		},
	}, attack{
		name:  "admin-unread-one",
		what:  "300 clients ask for all targets and never read",
		start: func(w *world) (string, error) { return "", nil },
		strike: func(w *world) {
			w.clients(300, func(host string) (net.Conn, error) {
				c, err := net.Dial("tcp", host)
				if err != nil {
					return nil, err
				}
				_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
				_, err = c.Write([]byte("GET /api/v1/targets HTTP/1.1\r\nHost: localhost\r\n\r\n"))
				return c, err
			})
		},
	}, attack{
		name:  "admin-idle",
		what:  "1,500 connections that stay open after one request",
		start: func(w *world) (string, error) { return "", nil },
		strike: func(w *world) {
			w.clients(1500, func(host string) (net.Conn, error) {
				c, err := net.Dial("tcp", host)
				if err != nil {
					return nil, err
				}
				_, err = c.Write([]byte("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"))
				return c, err
			})
		},
	}, attack{
		name:  "admin-handshakes",
		what:  "3,000 connections over TLS that never begin their handshake",
		https: true,
		start: withTLS,
		strike: func(w *world) {
			w.clients(3000, func(host string) (net.Conn, error) { return net.Dial("tcp", host) })
		},
	})
}

// clients holds so many connections of a kind, each for some seconds and then anew, until the world ends.
func (w *world) clients(n int, open func(host string) (net.Conn, error)) {
	_, host, _ := strings.Cut(w.admin, "://")
	for i := range n {
		go func() {
			time.Sleep(time.Duration(i) * 2 * time.Millisecond)
			for {
				c, _ := open(host)
				select {
				case <-w.done:
					return
				case <-time.After(8 * time.Second):
				}
				if c != nil {
					_ = c.Close()
				}
			}
		}()
	}
}

// streams are the client's side of n requests over HTTP/2 with a window of 0.
func streams(n int, path string) []byte {
	var b bytes.Buffer
	b.WriteString("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	frame := func(kind, flags byte, stream int, payload []byte) {
		b.Write([]byte{0, 0, byte(len(payload)), kind, flags, 0, 0, byte(stream >> 8), byte(stream)})
		b.Write(payload)
	}
	frame(4, 0, 0, []byte{0, 4, 0, 0, 0, 0}) // SETTINGS: the initial window is 0
	frame(4, 1, 0, nil)
	head := append([]byte{0x82, 0x87, 0x04, byte(len(path))}, path...)
	head = append(append(head, 0x01, 9), "localhost"...)
	for i := range n {
		frame(1, 5, 2*i+1, head)
	}
	return b.Bytes()
}

func withTLS(w *world) (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stoker"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	files := map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: pkcs8}}
	for name, block := range files {
		if err := os.WriteFile(filepath.Join(w.dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("stoker.http.tls { cert_file = %q, key_file = %q }\n", filepath.Join(w.dir, "cert.pem"), filepath.Join(w.dir, "key.pem")), nil
}
