package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Herd is a mass of pods of 10 KB, written straight into etcd: through the API
// they would take minutes. They stand on loopback, each at an address of its own.
type Herd struct {
	Namespace string
	PerNode   int // pods on each of the nodes n0, n1, …
	Port      int // that their container declares
	// Annotations of the i-th pod; nil = none.
	Annotations func(i int) map[string]string
}

// Name of the i-th pod.
func (h Herd) Name(i int) string { return fmt.Sprintf("shop-7c9f8d6b5-%05d", i) }

// Write makes the pods from (included) to to (excluded), running and ready, or writes them again.
func (h Herd) Write(t *testing.T, k *Kube, from, to int) {
	t.Helper()
	const batch = 64 // a transaction of etcd takes 1.5 MiB
	for at := from; at < to; at += batch {
		var pods []Object
		for i := at; i < min(at+batch, to); i++ {
			pods = append(pods, h.Pod(i, Condition{Ready: true}))
		}
		if err := k.put(pods); err != nil {
			t.Fatal(err)
		}
	}
}

// Condition is what changes in a pod that runs: whether its container is
// ready, which is a label of its targets, and when it was last probed, which is not.
type Condition struct {
	Ready  bool
	Probed time.Time
}

// Put writes one pod in this condition.
func (h Herd) Put(k *Kube, i int, c Condition) error { return k.put([]Object{h.Pod(i, c)}) }

// put writes namespaced pods as the API server itself reads them.
func (k *Kube) put(pods []Object) error {
	type put struct {
		Key   []byte `json:"key"`
		Value []byte `json:"value"`
	}
	var request struct {
		Success []struct {
			RequestPut put `json:"requestPut"`
		} `json:"success"`
	}
	for _, pod := range pods {
		value, err := json.Marshal(pod)
		if err != nil {
			return err
		}
		meta := pod["metadata"].(Object)
		key := fmt.Sprintf("/registry/pods/%s/%s", meta["namespace"], meta["name"])
		request.Success = append(request.Success, struct {
			RequestPut put `json:"requestPut"`
		}{put{[]byte(key), value}})
	}
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	response, err := http.Post(k.etcd+"/v3/kv/txn", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("etcd: %s: %.300s", response.Status, answer)
	}
	return err
}

// Pod is the i-th pod: what a Deployment, a kubelet and their field managers leave, 10 KB as JSON.
func (h Herd) Pod(i int, c Condition) Object {
	name := h.Name(i)
	status, count := "True", 0
	if !c.Ready {
		status, count = "False", 1
	}
	annotations := map[string]string{"kubernetes.io/config.source": "api", "checksum/config": strings.Repeat("c0ffee", 10)}
	if h.Annotations != nil {
		for key, value := range h.Annotations(i) {
			annotations[key] = value
		}
	}
	const begun = "2026-01-02T03:04:05Z"
	condition := func(kind, value string) Object {
		var probed any
		if !c.Probed.IsZero() {
			probed = c.Probed.UTC().Format(time.RFC3339)
		}
		return Object{"type": kind, "status": value, "lastProbeTime": probed, "lastTransitionTime": begun}
	}
	var env []Object
	for n := range 24 {
		env = append(env, Object{"name": fmt.Sprintf("SHOP_SETTING_NUMBER_%02d", n),
			"value": fmt.Sprintf("http://upstream-%02d.shop.svc.cluster.local:8080/v1/things?of=%05d", n, i)})
	}
	ip := fmt.Sprintf("127.%d.%d.%d", 1+i/62500, i/250%250+1, i%250+1)
	return Object{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": Object{
			"name": name, "namespace": h.Namespace, "generateName": "shop-7c9f8d6b5-",
			"uid": fmt.Sprintf("5c0e8d2a-0000-4000-8000-%012d", i), "creationTimestamp": begun,
			"labels": map[string]string{
				"app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": "shop-eu", "app.kubernetes.io/version": "1.42.0",
				"app.kubernetes.io/part-of": "webshop", "app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": "shop-4.2.1",
				"pod-template-hash": "7c9f8d6b5", "team": "checkout",
			},
			"annotations": annotations,
			"ownerReferences": []Object{{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "shop-7c9f8d6b5",
				"uid": "5c0e8d2a-0000-4000-9000-000000000001", "controller": true, "blockOwnerDeletion": true}},
			"managedFields": []Object{managed("kube-controller-manager", 34), managed("kubelet", 14)},
		},
		"spec": Object{
			"nodeName": fmt.Sprintf("n%d", i/h.PerNode), "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
			"serviceAccountName": "shop", "schedulerName": "default-scheduler", "terminationGracePeriodSeconds": 30,
			"securityContext": Object{}, "enableServiceLinks": true, "priority": 0,
			"containers": []Object{{
				"name": "app", "image": "registry.example.org/webshop/shop:1.42.0", "imagePullPolicy": "IfNotPresent",
				"ports": []Object{{"name": "http", "containerPort": h.Port, "protocol": "TCP"}}, "env": env,
				"resources":              Object{"requests": Object{"cpu": "100m", "memory": "256Mi"}, "limits": Object{"memory": "512Mi"}},
				"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
				"volumeMounts": []Object{{"name": "config", "mountPath": "/etc/shop"},
					{"name": "kube-api-access", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": true}},
			}},
			"volumes": []Object{
				{"name": "config", "configMap": Object{"name": "shop", "defaultMode": 420}},
				{"name": "kube-api-access", "projected": Object{"defaultMode": 420, "sources": []Object{
					{"serviceAccountToken": Object{"expirationSeconds": 3607, "path": "token"}},
					{"configMap": Object{"name": "kube-root-ca.crt", "items": []Object{{"key": "ca.crt", "path": "ca.crt"}}}},
				}}},
			},
			"tolerations": []Object{
				{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
				{"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
			},
		},
		"status": Object{
			"phase": "Running", "hostIP": "10.9.0.1", "podIP": ip, "podIPs": []Object{{"ip": ip}}, "startTime": begun, "qosClass": "Burstable",
			"conditions": []Object{condition("PodReadyToStartContainers", "True"), condition("Initialized", "True"),
				condition("Ready", status), condition("ContainersReady", status), condition("PodScheduled", "True")},
			"containerStatuses": []Object{{
				"name": "app", "ready": c.Ready, "started": true, "restartCount": count, "image": "registry.example.org/webshop/shop:1.42.0",
				"imageID":     "registry.example.org/webshop/shop@sha256:" + strings.Repeat("ab", 32),
				"containerID": "containerd://" + strings.Repeat("cd", 29) + fmt.Sprintf("%06d", i),
				"state":       Object{"running": Object{"startedAt": begun}}, "lastState": Object{},
			}},
		},
	}
}

// managed is one entry of managedFields, which make up most of a real pod.
func managed(manager string, fields int) Object {
	env := Object{".": Object{}}
	for n := range fields {
		env[fmt.Sprintf(`k:{"name":"SHOP_SETTING_NUMBER_%02d"}`, n)] = Object{".": Object{}, "f:name": Object{}, "f:value": Object{}}
	}
	return Object{
		"manager": manager, "operation": "Update", "apiVersion": "v1", "time": "2026-01-02T03:04:05Z", "fieldsType": "FieldsV1",
		"fieldsV1": Object{"f:spec": Object{"f:containers": Object{`k:{"name":"app"}`: Object{".": Object{}, "f:env": env}}}},
	}
}
