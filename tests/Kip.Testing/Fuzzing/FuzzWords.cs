namespace Kip.Testing.Fuzzing;

/// <summary>What requests are put together from: good values beside malformed ones.</summary>
internal static class FuzzWords
{
    public static readonly string[] Methods = ["GET", "GET", "GET", "GET", "POST", "POST", "POST", "POST", "PUT", "PATCH", "PATCH", "PATCH", "DELETE"];

    public static readonly string[] OddMethods = ["HEAD", "OPTIONS", "TRACE", "BREW"];

    public static readonly string[] Names = ["a", "a", "a", "b", "b", "c", "default", "a.example.com", "kip"];

    public static readonly string[] BadNames =
        ["..", ".", "%2e%2e", "%00", "%ff", "a%2Fb", "UPPER", "-a", "a-", "%20", "%F0%9F%98%80", "a:b", "*", "%25", new('n', 300), "", "a%0d%0ab"];

    public static readonly string[] Spaces = ["default", "default", "default", "default", "a", "kube-system", "missing"];

    public static readonly string[] Fixed =
    [
        "/", "/api", "/apis", "/api/", "/apis/", "/api/v1", "/api/v2", "/apis/apps", "/apis/apps/v1", "/apis/nobody.example.com/v1/x", "/version",
        "/openapi/v2", "/openapi/v3",
        "/openapi/v3/api/v1", "/openapi/v3/apis/serving.knative.dev/v1", "/openapi/v3/..", "/healthz", "/livez", "/readyz", "/metrics", "/kip",
        "/kip/metrics", "/kip/events",
        "/kip/events/x", "/kip/services/default/a", "/.well-known/openid-configuration", "/openid/v1/jwks", "//api//v1", "/api/v1/namespaces//pods",
        "/api/v1/watch/pods",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        "/apis/authentication.k8s.io/v1/tokenreviews",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews", "/api/v1/namespaces/default/pods/a/b/c/d", "/api/v1/nodes/kip/proxy/x", "/logs", "/ui",
    ];

    public static readonly string[] Subresources =
        ["status", "scale", "log", "exec", "attach", "portforward", "finalize", "token", "approval", "ephemeralcontainers", "proxy", "x"];

    public static readonly (string Name, string[] Values)[] Parameters =
    [
        ("limit", ["1", "2", "0", "-1", "x", "99999999999999999999", ""]),
        ("continue", ["x", "MSAxIGRlZmF1bHQgYQ", "MSA5OTk5OTk5OTkgZGVmYXVsdCBh", "%00", "eyJ2IjoxfQ", ""]),
        (
            "labelSelector",
            ["a%3Db", "a%20in%20(b,c)", "%21a", "a%20notin%20()", "((((", "a%3D%3D%3D", ",,,", "a%20in%20(", new('a', 3000), "%ff", "a%3E5", "x/y/z=1"]),
        (
            "fieldSelector",
            ["metadata.name%3Da", "status.phase%21%3DRunning", "%3D", "spec.color%3Dred", "metadata.name%3D%5C", "involvedObject.uid%3D1,type%3DNormal", "a"]),
        ("resourceVersion", ["0", "1", "5", "x", "-1", "18446744073709551616", "99999999999", ""]),
        ("resourceVersionMatch", ["Exact", "NotOlderThan", "Sometimes", ""]),
        ("watch", ["true", "1", "false", "yes", ""]),
        ("allowWatchBookmarks", ["true", "x"]),
        ("sendInitialEvents", ["true", "false", "x"]),
        ("timeoutSeconds", ["1", "0", "-5", "x", "99999999999"]),
        ("includeObject", ["None", "Metadata", "Object", "%00"]),
        ("dryRun", ["All", "Some", "All&dryRun=All", ""]),
        ("fieldValidation", ["Strict", "Warn", "Ignore", "Loud"]),
        ("fieldManager", ["kubectl", new('m', 200), "%00", "", "a%0Ab"]),
        ("force", ["true", "false", "x"]),
        ("pretty", ["true", "x"]),
        ("propagationPolicy", ["Orphan", "Foreground", "Background", "Sideways"]),
        ("gracePeriodSeconds", ["0", "1", "-1", "x", "9223372036854775807"]),
        ("orphanDependents", ["true", "x"]),
        ("container", ["a", "main", "%00", ""]),
        ("command", ["sh", "", "%00", new('c', 1000)]),
        ("stdin", ["true", "x"]), ("stdout", ["true", "x"]), ("tty", ["true", "x"]), ("ports", ["80", "0", "99999", "x"]),
        ("tailLines", ["1", "-1", "x", "99999999999999999999"]),
        ("sinceSeconds", ["1", "0", "99999999999999"]), ("sinceTime", ["2026-01-01T00:00:00Z", "yesterday"]), ("limitBytes", ["1", "0", "-1"]),
        ("previous", ["true", "x"]),
        ("follow", ["false", "x"]), ("%00", ["%00"]), ("", [""]), ("a%ff", ["%"]),
    ];

    public static readonly string[] Accepts =
    [
        "application/json", "*/*", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json", "application/json;as=Table;v=v9;g=meta.k8s.io",
        "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json", "application/vnd.kubernetes.protobuf,application/json",
        "application/vnd.kubernetes.protobuf", "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
        "application/yaml", "text/html", ";;;",
        "application/json;q=x;;=", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf",
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "application/cbor", "",
    ];

    public static readonly string[] BodyTypes =
    [
        "application/json", "application/json", "application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "text/plain", "application/cbor",
        "application/json; charset=utf-16", ";", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    ];

    public static readonly string[] PatchTypes =
    [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml",
        "application/apply-patch+cbor", "application/json", "text/plain",
    ];

    public static readonly (string Name, string[] Values)[] Headers =
    [
        ("Accept-Encoding", ["gzip", "br;q=1,gzip;q=0", "x", "gzip;q=9"]), ("If-None-Match", ["\"x\"", "*", "W/"]),
        ("Impersonate-User", ["nobody", "", "system:admin", "a%zz"]),
        ("Impersonate-Group", ["system:masters", "devs"]), ("Impersonate-Uid", ["x"]), ("Impersonate-Extra-a%2fb", ["c"]), ("Content-Encoding", ["gzip", "x"]),
        ("Kubectl-Command", ["kubectl create"]), ("Audit-ID", ["x", "a b c"]), ("Upgrade", ["SPDY/3.1", "websocket", "x"]),
        ("X-Stream-Protocol-Version", ["v4.channel.k8s.io", "x"]), ("Sec-WebSocket-Protocol", ["v5.channel.k8s.io", "x"]), ("Ce-Id", ["1"]), ("Ce-Type", ["x"]),
        ("Range", ["bytes=0-1"]),
    ];
}
