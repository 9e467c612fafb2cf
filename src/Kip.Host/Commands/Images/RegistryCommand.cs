using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Host.CommandLine;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;
using Kip.Images.Pulling;
using Kip.Images.Registry;

namespace Kip.Host.Commands.Images;

/// <summary><c>kip registry login</c>: lets docker, podman, skopeo, buildah and dotnet publish into Kip's registry.</summary>
internal static class RegistryCommand
{
    private static readonly Option<bool> Print = new("--print") { Description = "Print user and password instead of writing Docker's credentials file" };

    public static Verb Make() => new Verb("registry", "Use the registry inside of Kip.", "kip registry login")
        .With(new Verb(
            "login", "Write the registry's password into Docker's credentials file, which docker, podman, skopeo, buildah and dotnet publish read.",
            "kip registry login",
            "skopeo copy --dest-tls-verify=false --dest-creds \"$(kip registry login --print)\" oci:layout docker://127.0.0.1:5000/hello:v1")
            .With(Print).With(PlatformOptionSymbols.Data).Does(LoginAsync));

    private static Task LoginAsync(ParseResult parsed, CancellationToken cancel)
    {
        var data = DataFolder.Choose(parsed.GetValue(PlatformOptionSymbols.Data));
        if (InstanceFile.Read(data)?.Registry is not { } address)
            throw new CommandFailure($"Kip is not running over {data.Root}; start it with: kip up --detach{Welcome.DataOption(data)}", 3);
        var token = RegistryToken.Open(data.Root);
        if (parsed.GetValue(Print))
        {
            Console.Out.WriteLine($"{RegistryToken.User}:{token.Value}");
            return Task.CompletedTask;
        }
        var file = Credentials.UsualFile;
        Write(file, [address, $"localhost:{address[(address.LastIndexOf(':') + 1)..]}"], token);
        Console.Out.WriteLine($"{file} knows the password of {address} now. Push there: docker push {address}/NAME:TAG");
        return Task.CompletedTask;
    }

    /// <summary>Adds the password for some hosts to a credentials file, which only its owner may read then.</summary>
    internal static void Write(string file, string[] hosts, RegistryToken token)
    {
        var root = Read(file);
        if (root["auths"] is not JsonObject auths) root["auths"] = auths = [];
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryToken.User}:{token.Value}"));
        foreach (var host in hosts) auths[host] = new JsonObject { ["auth"] = auth };
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var fresh = file + ".new";
        File.Delete(fresh);
        using (var writer = new StreamWriter(
            fresh,
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            writer.Write(root.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        File.Move(fresh, file, overwrite: true);
    }

    private static JsonObject Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? [] : [];
        }
        catch (JsonException malformed)
        {
            throw new CommandFailure(
                $"{file} is not valid JSON ({malformed.Message}); it is left as it is. The password is printed by: kip registry login --print");
        }
    }
}
