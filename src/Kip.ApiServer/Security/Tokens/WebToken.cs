using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Kip.ApiServer.Security.Authentication;
using Kip.Resources;

namespace Kip.ApiServer.Security.Tokens;

/// <summary>Tokens of ServiceAccounts as text: JSON Web Tokens with the claims that Kubernetes gives them.</summary>
internal static class WebToken
{
    /// <summary>Who issues them.</summary>
    public const string Issuer = ApiAudience.Name;

    public const string Algorithm = "ES256";

    private const string Private = "kubernetes.io";

    /// <summary>The signed text.</summary>
    public static string Write(TokenClaims claims, SigningKey key)
    {
        var head = Encode(writer =>
        {
            writer.WriteString("alg", Algorithm);
            writer.WriteString("kid", key.Id);
            writer.WriteString("typ", "JWT");
        });
        var signed = $"{head}.{Encode(writer => WriteClaims(writer, claims))}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(signed))}";
    }

    /// <summary>Reads a token and checks its signature and issuer, not its time. Null: it is none of ours.</summary>
    public static TokenClaims? Read(string token, Func<string, SigningKey?> keyOf)
    {
        if (token.Split('.') is not [var head, var body, var signature]) return null;
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(head));
            if (Text(header.RootElement, "alg") != Algorithm || keyOf(Text(header.RootElement, "kid")) is not { } key) return null;
            if (!key.Verify(Encoding.ASCII.GetBytes(token, 0, head.Length + 1 + body.Length), Base64Url.DecodeFromChars(signature))) return null;
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(body));
            return Text(claims.RootElement, "iss") == Issuer ? ReadClaims(claims.RootElement) : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
        writer.Flush();
        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }

    private static void WriteClaims(Utf8JsonWriter writer, TokenClaims claims)
    {
        writer.WriteStartArray("aud");
        foreach (var audience in claims.Audiences) writer.WriteStringValue(audience);
        writer.WriteEndArray();
        if (claims.Expires is { } expires) writer.WriteNumber("exp", expires.ToUnixTimeSeconds());
        writer.WriteNumber("iat", claims.IssuedAt.ToUnixTimeSeconds());
        writer.WriteString("iss", Issuer);
        writer.WriteString("jti", claims.Id);
        writer.WriteStartObject(Private);
        writer.WriteString("namespace", claims.Account.Namespace);
        WriteReference(writer, "serviceaccount", claims.Account.Name, claims.AccountUid);
        if (claims.Bound is { } bound) WriteReference(writer, bound.Kind.ToLowerInvariant(), bound.Name, bound.Uid);
        writer.WriteEndObject();
        writer.WriteNumber("nbf", claims.IssuedAt.ToUnixTimeSeconds());
        writer.WriteString("sub", Kip.Rules.Access.UserInfo.NameOfServiceAccount(claims.Account.Namespace, claims.Account.Name));
    }

    private static void WriteReference(Utf8JsonWriter writer, string field, string name, string uid)
    {
        writer.WriteStartObject(field);
        writer.WriteString("name", name);
        writer.WriteString("uid", uid);
        writer.WriteEndObject();
    }

    private static TokenClaims ReadClaims(JsonElement json)
    {
        var own = json.GetProperty(Private);
        var account = own.GetProperty("serviceaccount");
        ValueList<string> audiences = [.. json.GetProperty("aud").EnumerateArray().Select(static audience => audience.GetString() ?? "")];
        return new TokenClaims(new(Text(own, "namespace"), Text(account, "name")), Text(account, "uid"), audiences)
        {
            Bound = BoundTo(own, "Pod") ?? BoundTo(own, "Secret"),
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(json.GetProperty("iat").GetInt64()),
            Expires = json.TryGetProperty("exp", out var expires) ? DateTimeOffset.FromUnixTimeSeconds(expires.GetInt64()) : null,
            Id = Text(json, "jti"),
        };
    }

    private static BoundObject? BoundTo(JsonElement own, string kind) =>
        own.TryGetProperty(kind.ToLowerInvariant(), out var bound) ? new(kind, Text(bound, "name"), Text(bound, "uid")) : null;

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
