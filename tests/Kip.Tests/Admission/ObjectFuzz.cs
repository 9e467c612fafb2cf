using System.Text.Json.Nodes;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Tests.Resources;

namespace Kip.Tests.Admission;

/// <summary>Objects that are nearly right: good ones, damaged a little or much, by fields and values that mean something somewhere.</summary>
internal sealed class ObjectFuzz(int seed)
{
    private const string Pod =
        """
        {"containers":[{"image":"kip.local/a","name":"x","command":["a"],"args":["b"],
          "env":[{"name":"A","value":"1"},{"name":"B","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}],
          "envFrom":[{"prefix":"P","configMapRef":{"name":"c","optional":true}}],"ports":[{"containerPort":8080,"name":"http1"}],
          "resources":{"requests":{"cpu":"100m"},"limits":{"memory":"64Mi"}},
          "readinessProbe":{"httpGet":{"path":"/","port":8080},"periodSeconds":5},"livenessProbe":{"tcpSocket":{"port":8080}},
          "startupProbe":{"exec":{"command":["true"]}},
          "securityContext":{"runAsUser":1000,"runAsNonRoot":true,"capabilities":{"drop":["ALL"]},"seccompProfile":{"type":"RuntimeDefault"}},
          "volumeMounts":[{"name":"v","mountPath":"/v"},{"name":"p","mountPath":"/p","subPath":"q"}],
          "terminationMessagePolicy":"File","imagePullPolicy":"Always","workingDir":"/w"}],
         "volumes":[{"name":"v","emptyDir":{"sizeLimit":"1Mi"}},{"name":"p","projected":{"sources":[{"secret":{"name":"s"}},{"configMap":{"name":"c"}}]}}],
         "serviceAccountName":"me","imagePullSecrets":[{"name":"r"}],"enableServiceLinks":false}
        """;

    private const string Template =
        """{"metadata":{"name":"","labels":{"l":"1"},"annotations":{"autoscaling.knative.dev/min-scale":"1","autoscaling.knative.dev/window":"10s"}},"spec":"""
            + Pod + "}";

    private static readonly (KindDefinition Kind, string Body)[] Seeds =
    [
        (
            Kip.Resources.Serving.Service.Definition,
            """{"metadata":{"name":"n"},"spec":{"traffic":[{"percent":60,"latestRevision":true},{"percent":40,"revisionName":"n-00001","tag":"old"}],"""
            + $"\"template\":{Template}}}}}"),
        (
            Kip.Resources.Serving.Service.Definition,
            """{"metadata":{"name":"n"},"spec":{"template":{"spec":{"containers":[{"image":"a"}],"timeoutSeconds":30,"containerConcurrency":2}}}}"""),
        (Configuration.Definition, """{"metadata":{"name":"n","annotations":{"a":"b"}},"spec":{"template":""" + Template + "}}"),
        (Revision.Definition, """{"metadata":{"name":"n"},"spec":""" + Pod + "}"),
        (
            Route.Definition,
            """{"metadata":{"name":"n","annotations":{"serving.knative.dev/rollout-duration":"60s"}},"spec":"""
            + """{"traffic":[{"configurationName":"c","percent":100}]}}"""),
        (
            DomainMapping.Definition,
            """{"metadata":{"name":"n.example.com"},"spec":{"ref":{"kind":"Service","name":"s","apiVersion":"serving.knative.dev/v1"},"tls":"""
            + """{"secretName":"t"}}}"""),
        (ClusterDomainClaim.Definition, """{"metadata":{"name":"n.example.com"},"spec":{"namespace":"default"}}"""),
        (Certificate.Definition, """{"metadata":{"name":"n"},"spec":{"dnsNames":["a.example.com"],"domain":"example.com","secretName":"s"}}"""),
        (Ingress.Definition, """
            {"metadata":{"name":"n"},"spec":{"rules":[{"hosts":["h"],"http":{"paths":[{"path":"/","headers":{"X":{"exact":"1"}},
            "splits":[{"serviceNamespace":"default","serviceName":"r","servicePort":80,"percent":100}]}]}}],
            "tls":[{"hosts":["h"],"secretName":"s","secretNamespace":"default"}]}}
            """),
        (PodAutoscaler.Definition, """
            {"metadata":{"name":"n","annotations":{"autoscaling.knative.dev/class":"hpa.autoscaling.knative.dev"}},
            "spec":{"containerConcurrency":1,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"},
            "reachability":"Reachable","protocolType":"http1"}}
            """),
        (
            Deployment.Definition,
            """{"metadata":{"name":"n"},"spec":{"selector":{"matchLabels":{"l":"1"}},"template":{"metadata":{"labels":{"l":"1"}},"spec":""" + Pod + "}}}"),
        (Kip.Resources.Core.Pod.Definition, """{"metadata":{"name":"n"},"spec":""" + Pod + "}"),
        (
            Kip.Resources.Core.Service.Definition,
            """{"metadata":{"name":"n"},"spec":{"type":"ClusterIP","ports":[{"port":80,"targetPort":"http","protocol":"TCP"}],"selector":{"a":"b"}}}"""),
        (ConfigMap.Definition, """
            {"metadata":{"name":"config-network","namespace":"knative-serving"},
            "data":{"domain-template":"{{.Name}}.{{.Namespace}}.{{.Domain}}","rollout-duration":"10"}}
            """),
        (ConfigMap.Definition, """{"metadata":{"name":"config-autoscaler","namespace":"knative-serving"},"data":{"stable-window":"60s","min-scale":"0"}}"""),
        (ConfigMap.Definition, """
            {"metadata":{"name":"config-defaults","namespace":"knative-serving"},
            "data":{"revision-timeout-seconds":"300","container-name-template":"c-{{.Name}}"}}
            """),
        (
            ConfigMap.Definition,
            """{"metadata":{"name":"config-gc","namespace":"knative-serving"},"data":{"min-non-active-revisions":"2","retain-since-create-time":"1h"}}"""),
        (ConfigMap.Definition, """{"metadata":{"name":"config-domain","namespace":"knative-serving"},"data":{"example.com":"selector:\n  a: b\n"}}"""),
    ];

    private static readonly string[] Texts =
    [
        "", "a", "-", "A", "n-00001", "null", "0", "-1", "1", "1.5", "1e400", "99999999999999999999", "NaN", "true", "disabled", "Enabled", "10s",
        "-5m", "1h1h", "0s", "1ns",
        "100m", "1Gi", "-1Ki", "../..", "/", "//", "/a/../b", "a b", "a\nb", "\u0000", "é", "\ud83d\ude00", "{{", "{{.Name}}", "{{.Labels.x}}",
        "{{index .Labels \"a\"}}", "{{range}}",
        "selector:", "selector: {}", "kip.local/a", "a@sha256:", "a:b:c", "localhost:5000/x:y", "ALL", "all", "http1", "h2c", "queue-proxy",
        "K_SERVICE", "PORT", "TCP", "svc.cluster.local",
        "a.svc.cluster.local", "*.example.com", "autoscaling.knative.dev/max-scale", "hpa.autoscaling.knative.dev", "memory", "{\"a\":1}", "[",
        "x".PadRight(64, 'x'), "y".PadRight(300, 'y'),
    ];

    // Names of all fields that there are, so that one lands where it does not belong.
    private static readonly string[] Fields = [.. Kinds.All.SelectMany(static k => NamesIn(Sample.Of(k.ClrType)!, k)).Distinct().Order(StringComparer.Ordinal)];

    private readonly Random _random = new(seed);
    private int _number;

    /// <summary>The next object: of which kind it claims to be, and its JSON.</summary>
    public (KindDefinition Kind, string Body) Next()
    {
        var (kind, text) = Pick(Seeds);
        var body = JsonNode.Parse(text)!.AsObject();
        for (var damages = _random.Next(4) * _random.Next(3); damages > 0; damages--) Damage(body);
        // Of its own name, unless the damage hit just that: else nearly all would exist already.
        if (body["metadata"] is JsonObject metadata && metadata["name"] is JsonValue name && name.TryGetValue<string>(out var stated) && stated.StartsWith('n'))
            metadata["name"] = $"n{seed % 1000:000}-{_number++}{stated[1..]}";
        if (kind == ConfigMap.Definition && _random.Next(8) != 0) body["metadata"] = new JsonObject { ["generateName"] = "c-", ["namespace"] = "default" };
        return (kind, body.ToJsonString());
    }

    private void Damage(JsonObject body)
    {
        var places = new List<(JsonNode Parent, string? Key, int Index)>();
        Collect(body, places);
        if (places.Count == 0) return;
        var (parent, key, index) = Pick([.. places]);
        if (parent is JsonObject at)
        {
            switch (_random.Next(4))
            {
                case 0: at.Remove(key!); break;
                case 1: at[Pick(Fields)] = Value(); break;
                case 2 when at[key!] is { } moved: at[Pick(Fields)] = moved.DeepClone(); break;
                default: at[key!] = Value(); break;
            }
        }
        else if (parent is JsonArray list)
        {
            switch (_random.Next(4))
            {
                case 0: list.RemoveAt(index); break;
                case 1: list.Add(list[index]?.DeepClone()); break;
                case 2: list.Insert(0, Value()); break;
                default: list[index] = Value(); break;
            }
        }
    }

    private JsonNode? Value() => _random.Next(10) switch
    {
        0 => null,
        1 => JsonValue.Create(_random.Next(2) == 0),
        2 => JsonValue.Create(_random.Next(-2, 1000)),
        3 => JsonValue.Create(Pick<long>([long.MaxValue, long.MinValue, int.MaxValue, int.MinValue, 65536, 0])),
        4 => new JsonArray(),
        5 => new JsonObject(),
        6 => new JsonObject { [Pick(Fields)] = Pick(Texts) },
        7 => new JsonArray(Pick(Texts)),
        _ => JsonValue.Create(Pick(Texts)),
    };

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private static void Collect(JsonNode node, List<(JsonNode, string?, int)> places)
    {
        if (node is JsonObject at)
            foreach (var (key, value) in at)
            {
                places.Add((at, key, 0));
                if (value is not null) Collect(value, places);
            }
        if (node is not JsonArray list) return;
        for (var i = 0; i < list.Count; i++)
        {
            places.Add((list, null, i));
            if (list[i] is { } item) Collect(item, places);
        }
    }

    private static IEnumerable<string> NamesIn(object sample, KindDefinition kind)
    {
        var names = new List<(JsonNode, string?, int)>();
        Collect(JsonNode.Parse(kind.Write((Resource)sample))!, names);
        return names.Select(static n => n.Item2).OfType<string>();
    }
}
