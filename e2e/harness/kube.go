package harness

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// KubeVersion must be the one in kubernetes/go.mod, as with Pyroscope.
const KubeVersion = "v1.34.4"

// HelmVersion must be the one in helm/go.mod.
const HelmVersion = "v3.19.5"

const adminToken = "admin-of-the-test"

// Kube is a real API server with RBAC on, and its etcd. There are no nodes and
// no controllers: tests write what a kubelet would.
type Kube struct {
	URL    string
	CAFile string
	dir    string
	etcd   string
	port   int
	server *Process
	client *http.Client
}

// StartKube starts etcd and the API server.
func StartKube(t *testing.T) *Kube {
	t.Helper()
	dir := t.TempDir()
	etcdPort, peerPort := FreePort(t), FreePort(t)
	k := &Kube{dir: dir, port: FreePort(t), etcd: fmt.Sprintf("http://127.0.0.1:%d", etcdPort)}
	k.URL = fmt.Sprintf("https://127.0.0.1:%d", k.port)
	k.CAFile = k.file("tls.crt")
	k.makeKeys(t)
	binary, err := exec.LookPath("etcd")
	if err != nil {
		t.Fatalf("%v; install etcd (Debian: etcd-server)", err)
	}
	peer := fmt.Sprintf("http://127.0.0.1:%d", peerPort)
	etcd := Start(t, "etcd", dir, nil, binary, "--data-dir", filepath.Join(dir, "etcd"),
		"--listen-client-urls", k.etcd, "--advertise-client-urls", k.etcd,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default="+peer)
	awaitReady(t, etcd, k.etcd+"/health", 20*time.Second)
	k.Start(t)
	return k
}

func (k *Kube) file(name string) string { return filepath.Join(k.dir, name) }

// Start starts the API server, again after a Kill.
func (k *Kube) Start(t *testing.T) {
	t.Helper()
	binary := mustExist(t, filepath.Join(CacheDir(t), "kube-apiserver-"+KubeVersion), "e2e/run builds it")
	k.server = Start(t, "kube-apiserver", k.dir, nil, binary,
		"--etcd-servers="+k.etcd, "--authorization-mode=RBAC", "--token-auth-file="+k.file("tokens.csv"),
		"--service-account-key-file="+k.file("sa.key"), "--service-account-signing-key-file="+k.file("sa.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", k.port), "--endpoint-reconciler-type=none",
		"--tls-cert-file="+k.file("tls.crt"), "--tls-private-key-file="+k.file("tls.key"),
		"--service-cluster-ip-range=10.0.0.0/24,fd00:10::/112", "--disable-admission-plugins=ServiceAccount")
	Eventually(t, time.Minute, "API server ready", func() error {
		if k.server.Exited() {
			t.Fatal("the API server ended")
		}
		_, _, err := k.do("GET", "/readyz", "", nil)
		return err
	})
}

// Kill ends the API server at once; etcd keeps its data.
func (k *Kube) Kill() { k.server.Kill() }

// Twin is a second API server on the same etcd, to change objects while the
// first is away.
func (k *Kube) Twin(t *testing.T) *Kube {
	t.Helper()
	twin := *k
	twin.port = FreePort(t)
	twin.URL = fmt.Sprintf("https://127.0.0.1:%d", twin.port)
	twin.Start(t)
	return &twin
}

// Compact throws away etcd's history, so that a watch that was away is told 410.
func (k *Kube) Compact(t *testing.T) {
	t.Helper()
	run := func(args ...string) []byte {
		cmd := exec.Command("etcdctl", append([]string{"--endpoints", k.etcd}, args...)...)
		cmd.Env = append(os.Environ(), "ETCDCTL_API=3")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("etcdctl %v: %v: %s", args, err, out)
		}
		return out
	}
	var status []struct {
		Status struct {
			Header struct{ Revision int64 }
		}
	}
	if err := json.Unmarshal(run("endpoint", "status", "-w", "json"), &status); err != nil {
		t.Fatal(err)
	}
	run("compact", fmt.Sprint(status[0].Status.Header.Revision))
}

// Object is any API object.
type Object map[string]any

// Parse reads a YAML text of one or more objects.
func Parse(t *testing.T, text string) []Object {
	t.Helper()
	var objects []Object
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var object Object
		err := decoder.Decode(&object)
		if err == io.EOF {
			return objects
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if object != nil {
			objects = append(objects, object)
		}
	}
}

// Apply writes objects by server-side apply; a warning is a failure too. A
// status in an object goes to its status subresource.
func (k *Kube) Apply(t *testing.T, text string) {
	t.Helper()
	for _, object := range Parse(t, text) {
		k.apply(t, object, "")
	}
}

// ApplyObject is Apply of one that is read already.
func (k *Kube) ApplyObject(t *testing.T, object Object) {
	t.Helper()
	k.apply(t, object, "")
}

// ApplyDryRun asks the API server what it would say.
func (k *Kube) ApplyDryRun(t *testing.T, text string) {
	t.Helper()
	for _, object := range Parse(t, text) {
		k.apply(t, object, "&dryRun=All")
	}
}

func (k *Kube) apply(t *testing.T, object Object, more string) {
	t.Helper()
	query := "?fieldManager=e2e&force=true&fieldValidation=Strict" + more
	path := path(object)
	k.must(t, "PATCH", path+query, "application/apply-patch+yaml", object)
	if object["status"] != nil && more == "" {
		k.must(t, "PATCH", path+"/status", "application/merge-patch+json", Object{"status": object["status"]})
	}
}

// Patch merges a change into an object.
func (k *Kube) Patch(t *testing.T, path string, change Object) {
	t.Helper()
	k.must(t, "PATCH", path, "application/merge-patch+json", change)
}

// Delete removes an object without a grace period.
func (k *Kube) Delete(t *testing.T, path string) {
	t.Helper()
	k.must(t, "DELETE", path+"?gracePeriodSeconds=0", "", nil)
}

// Admission is what the API server says of an object, without taking it.
func (k *Kube) Admission(t *testing.T, object Object) (warnings []string, err error) {
	t.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	_, warnings, err = k.do("PATCH", path(object)+"?fieldManager=e2e&force=true&fieldValidation=Strict&dryRun=All", "application/apply-patch+yaml", raw)
	return warnings, err
}

// Discard removes an object by its text.
func (k *Kube) Discard(t *testing.T, object Object) {
	t.Helper()
	k.Delete(t, path(object))
}

// Read is an object as the API server has it.
func (k *Kube) Read(t *testing.T, path string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(k.must(t, "GET", path, "", nil), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// Kubeconfig is a file by which other programs are the administrator.
func (k *Kube) Kubeconfig(t *testing.T) string {
	t.Helper()
	file := k.file("kubeconfig")
	text, err := json.Marshal(Object{"apiVersion": "v1", "kind": "Config", "current-context": "e2e",
		"clusters": []Object{{"name": "e2e", "cluster": Object{"server": k.URL, "certificate-authority": k.CAFile}}},
		"users":    []Object{{"name": "e2e", "user": Object{"token": adminToken}}},
		"contexts": []Object{{"name": "e2e", "context": Object{"cluster": "e2e", "user": "e2e"}}}})
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Token mints one for a ServiceAccount and writes it to a file.
func (k *Kube) Token(t *testing.T, namespace, account string) string {
	t.Helper()
	reply := k.must(t, "POST", "/api/v1/namespaces/"+namespace+"/serviceaccounts/"+account+"/token", "application/json",
		Object{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": Object{"expirationSeconds": 3600}})
	var token struct{ Status struct{ Token string } }
	if err := json.Unmarshal(reply, &token); err != nil || token.Status.Token == "" {
		t.Fatalf("no token: %v: %s", err, reply)
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token.Status.Token), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (k *Kube) must(t *testing.T, method, path, contentType string, body Object) []byte {
	t.Helper()
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	reply, warnings, err := k.do(method, path, contentType, raw)
	if err != nil {
		t.Fatal(err)
	}
	warnings = slices.DeleteFunc(warnings, func(w string) bool {
		// The tests need both.
		return strings.Contains(w, "v1 Endpoints is deprecated") || strings.Contains(w, "duplicate port ")
	})
	if len(warnings) > 0 {
		t.Errorf("%s %s: warned: %v", method, path, warnings)
	}
	return reply
}

func (k *Kube) do(method, path, contentType string, body []byte) ([]byte, []string, error) {
	request, err := http.NewRequest(method, k.URL+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+adminToken)
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := k.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	reply, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %.600s", method, path, response.Status, reply)
	}
	return reply, response.Header.Values("Warning"), err
}

// path of an object; only the kinds that the tests use.
func path(object Object) string {
	meta := object["metadata"].(Object)
	kind := strings.ToLower(object["kind"].(string))
	plural := kind + "s"
	switch kind {
	case "endpoints":
		plural = kind
	case "ingress":
		plural = "ingresses"
	case "networkpolicy":
		plural = "networkpolicies"
	}
	base := "/apis/" + object["apiVersion"].(string)
	if object["apiVersion"] == "v1" {
		base = "/api/v1"
	}
	if namespace, ok := meta["namespace"]; ok {
		base += "/namespaces/" + namespace.(string)
	}
	return base + "/" + plural + "/" + meta["name"].(string)
}

func (k *Kube) makeKeys(t *testing.T) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "e2e"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, content := range map[string][]byte{
		"tls.crt": certificate, "tls.key": private, "sa.key": private,
		"tokens.csv": []byte(adminToken + ",admin,1,\"system:masters\"\n"),
	} {
		if err := os.WriteFile(k.file(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	k.client = &http.Client{
		Timeout: 20 * time.Second,
		Transport: &http.Transport{
			DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots},
		},
	}
}
