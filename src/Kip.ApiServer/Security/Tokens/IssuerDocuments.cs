using System.Buffers.Text;
using System.Text.Json;
using Kip.ApiServer.Http.Bodies;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Security.Tokens;

/// <summary>Tells others how to check tokens of ServiceAccounts: OpenID Connect's discovery document and the public keys.</summary>
internal sealed class IssuerDocuments(TokenKeys keys)
{
    private const string Configuration = "/.well-known/openid-configuration";
    private const string KeySet = "/openid/v1/jwks";

    /// <summary>Answers one of the two paths. False: it is neither.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext http, string path)
    {
        if (path is not (Configuration or KeySet) || !HttpMethods.IsGet(http.Request.Method)) return false;
        http.Response.Headers.CacheControl = "public, max-age=3600";
        await JsonAnswer.WriteAsync(http, 200, path == KeySet ? WriteKeys : WriteConfiguration);
        return true;
    }

    private static void WriteConfiguration(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("issuer", WebToken.Issuer);
        writer.WriteString("jwks_uri", WebToken.Issuer + KeySet);
        WriteList("response_types_supported", "id_token");
        WriteList("subject_types_supported", "public");
        WriteList("id_token_signing_alg_values_supported", WebToken.Algorithm);
        writer.WriteEndObject();

        void WriteList(string name, string value)
        {
            writer.WriteStartArray(name);
            writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
    }

    private void WriteKeys(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("keys");
        foreach (var key in keys.All)
        {
            var (x, y) = key.Public;
            writer.WriteStartObject();
            writer.WriteString("use", "sig");
            writer.WriteString("kty", "EC");
            writer.WriteString("kid", key.Id);
            writer.WriteString("crv", "P-256");
            writer.WriteString("alg", WebToken.Algorithm);
            writer.WriteString("x", Base64Url.EncodeToString(x));
            writer.WriteString("y", Base64Url.EncodeToString(y));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
