using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kip.Testing.Fuzzing;

/// <summary>Makes requests up: paths, parameters, headers, bodies, each of them right more often than not, so that the others are reached.</summary>
/// <remarks>All chance comes from the random source, but objects that the server answered with are damaged and sent again: see <see cref="Learn"/>.</remarks>
public sealed class FuzzGenerator(Random random, IReadOnlyList<FuzzTarget> targets)
{
    private const int Remembered = 200;

    private readonly JsonMutator _json = new(random);
    private readonly FuzzProtobuf _protobuf = new(random);
    private readonly List<(FuzzTarget Target, string Json)> _seen = [];

    public FuzzRequest Next()
    {
        var method = One(Chance(40) ? FuzzWords.OddMethods : FuzzWords.Methods);
        if (Chance(12)) return new FuzzRequest(method, One(FuzzWords.Fixed) + Query(), Headers(null), Chance(2) ? Text() : null);
        var target = targets[random.Next(targets.Count)];
        var (body, type) = method switch
        {
            "POST" or "PUT" => Body(target),
            "PATCH" => Patch(target),
            "DELETE" when Chance(2) => Body(target, deletion: true),
            _ => (null, null),
        };
        return new FuzzRequest(method, Path(target, method) + Query(), Headers(type), body);
    }

    /// <summary>Takes an object that the server answered with as material.</summary>
    public void Learn(string target, string json)
    {
        // A watch answers with one object after the other, which is no object.
        if (json.Length > 20_000 || target.Contains("watch", StringComparison.Ordinal)) return;
        if (targets.FirstOrDefault(t => target.Contains($"/{t.Plural}", StringComparison.Ordinal)) is not { } of) return;
        if (_seen.Count < Remembered) _seen.Add((of, json));
        else _seen[random.Next(Remembered)] = (of, json);
    }

    private string Path(FuzzTarget target, string method)
    {
        var path = new StringBuilder(target.Root);
        if (target.Namespaced != Chance(30)) path.Append("/namespaces/").Append(Chance(20) ? One(FuzzWords.BadNames) : One(FuzzWords.Spaces));
        path.Append('/').Append(target.Plural);
        if (method == "POST" ? !Chance(20) : Chance(method == "GET" ? 3 : 12)) return path.ToString();
        path.Append('/').Append(Chance(15) ? One(FuzzWords.BadNames) : One(FuzzWords.Names));
        if (Chance(4)) path.Append('/').Append(target.Subresources.Count > 0
            && Chance(2) ? target.Subresources[random.Next(target.Subresources.Count)] : One(FuzzWords.Subresources));
        return path.ToString();
    }

    private string Query()
    {
        if (!Chance(2)) return "";
        var pairs = Enumerable.Range(0, random.Next(1, 4)).Select(_ => FuzzWords.Parameters[random.Next(FuzzWords.Parameters.Length)]);
        return "?" + string.Join(Chance(30) ? ";" : "&", pairs.Select(p => $"{p.Name}={One(p.Values)}"));
    }

    private List<(string, string)> Headers(string? type)
    {
        var headers = new List<(string, string)>();
        if (type is not null) headers.Add(("Content-Type", type));
        if (Chance(3)) headers.Add(("Accept", One(FuzzWords.Accepts)));
        if (Chance(5))
        {
            var (name, values) = FuzzWords.Headers[random.Next(FuzzWords.Headers.Length)];
            headers.Add((name, One(values)));
        }
        return headers;
    }

    private (byte[]?, string?) Body(FuzzTarget target, bool deletion = false)
    {
        var type = One(FuzzWords.BodyTypes);
        if (type == "application/vnd.kubernetes.protobuf") return (_protobuf.Make(target.ApiVersion, deletion ? "DeleteOptions" : target.Kind), type);
        if (Chance(10)) return (Text(), type);
        var made = deletion ? Options() : Object(target);
        if (!Chance(4)) _json.Damage(made);
        return (Bytes(made), type);
    }

    private (byte[]?, string?) Patch(FuzzTarget target)
    {
        var type = One(FuzzWords.PatchTypes);
        if (Chance(12)) return (Text(), type);
        JsonNode? made = type.StartsWith("application/json-patch", StringComparison.Ordinal) ? Operations() : Chance(3) ? _json.Value(5) : Object(target);
        if (made is not null && Chance(2)) _json.Damage(made);
        return (Bytes(made), type);
    }

    private JsonObject Object(FuzzTarget target)
    {
        var known = _seen.Where(s => s.Target.Kind == target.Kind).ToArray();
        if (known.Length > 0 && !Chance(4)) return JsonNode.Parse(known[random.Next(known.Length)].Json)!.AsObject();
        return new JsonObject
        {
            ["apiVersion"] = target.ApiVersion, ["kind"] = target.Kind, ["metadata"] = Metadata(),
            ["spec"] = FuzzSpecs.Of(target.Kind) ?? _json.Value(4),
        };
    }

    private JsonObject Metadata()
    {
        var made = new JsonObject { [Chance(10) ? "generateName" : "name"] = One(FuzzWords.Names) };
        if (Chance(4)) made["labels"] = new JsonObject { ["a"] = "b" };
        if (Chance(8)) made["finalizers"] = new JsonArray("example.com/x");
        return made;
    }

    private JsonObject Options() => new()
    {
        ["propagationPolicy"] = One(["Background", "Foreground", "Orphan"]), ["gracePeriodSeconds"] = random.Next(-1, 3),
        ["preconditions"] = Chance(3) ? _json.Value(2) : null,
    };

    private JsonArray Operations() => new([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (JsonNode)new JsonObject
    {
        ["op"] = One(["add", "remove", "replace", "move", "copy", "test", "x"]),
        ["path"] = Pointer(), ["from"] = Chance(2) ? Pointer() : null, ["value"] = _json.Value(3),
    })]);

    private string Pointer() =>
        Chance(10) ? "x" : string.Concat(
            Enumerable.Range(0, random.Next(0, 6)).Select(_ => "/" + (Chance(4) ? One(["-", "0", "1", "99999999999", "-1", "~0", "~2", "00"]) : _json.Name())));

    // Text that breaks on the way: cut off, or with bytes that are no text.
    private byte[] Bytes(JsonNode? made)
    {
        var bytes = made is null ? "null"u8.ToArray() : Encoding.UTF8.GetBytes(made.ToJsonString(new JsonSerializerOptions { MaxDepth = 2000 }));
        if (bytes.Length > 2 && Chance(12)) return bytes[..random.Next(bytes.Length)];
        if (bytes.Length > 2 && Chance(12)) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private byte[] Text() => random.Next(7) switch
    {
        0 => [.. Enumerable.Repeat((byte)'[', random.Next(100_000))],
        1 => [],
        2 => Encoding.UTF8.GetBytes("a: &a [x, *a]\nb: !!binary x\n---\n- {c: *nobody}\n"),
        3 =>
            Encoding.UTF8.GetBytes("a: &a [b,b,b,b,b,b,b,b,b]\n" + string.Concat(
                Enumerable.Range(0, 9).Select(static i => $"k{i}: &k{i} [*a,*a,*a,*a,*a,*a,*a,*a]\n"))),
        4 => [.. Enumerable.Repeat((byte)'x', 4 * 1024 * 1024)],
        5 => Encoding.UTF8.GetBytes($"{{\"metadata\":{{\"name\":\"a\"}},\"data\":{{\"a\":\"{new string('x', 1600 * 1024)}\"}}}}"),
        _ => Noise(random.Next(200)),
    };

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;

    private string One(string[] of) => of[random.Next(of.Length)];
}
