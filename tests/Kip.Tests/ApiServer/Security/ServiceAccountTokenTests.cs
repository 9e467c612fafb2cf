using Kip.ApiServer.Registry;
using Kip.ApiServer.Security.Tokens;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Time;
using Kip.Tests.ApiServer.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Security;

public sealed class ServiceAccountTokenTests : IAsyncLifetime
{
    private static readonly RequestContext Admin = new("test");

    private readonly string _folder = Directory.CreateTempSubdirectory("kip-tokens-").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly ResourceRegistry _registry;
    private readonly TokenKeys _keys;
    private readonly ServiceAccountTokens _tokens;
    private ServiceAccount _account = null!;

    public ServiceAccountTokenTests()
    {
        _registry = ResourceRegistry.InMemory(_time);
        _keys = new TokenKeys(_folder);
        _tokens = new ServiceAccountTokens(_registry, _keys, _time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _account = await CreateAsync(new ServiceAccount { Metadata = new() { Namespace = "default", Name = "robot" } });

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _registry.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_token_names_its_account_until_it_ends()
    {
        var (token, claims) = _tokens.Issue(_account, [], TimeSpan.FromMinutes(10), null);

        var known = _tokens.Identify(token, [])!.User;
        known.Name.ShouldBe("system:serviceaccount:default:robot");
        known.Groups.ShouldBe(["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"]);
        known.Uid.ShouldBe(_account.Metadata.Uid);
        claims.Expires.ShouldBe(_time.GetUtcNow() + TimeSpan.FromMinutes(10));

        _time.Advance(TimeSpan.FromMinutes(10));
        _tokens.Identify(token, []).ShouldNotBeNull("clocks may differ by a few seconds");
        _time.Advance(TimeSpan.FromSeconds(10));
        _tokens.Identify(token, []).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_ends_with_its_account_even_when_one_of_the_same_name_is_made()
    {
        var (token, _) = _tokens.Issue(_account, [], TimeSpan.FromHours(1), null);
        _tokens.Identify(token, []).ShouldNotBeNull();

        await DeleteAsync(_account);
        _tokens.Identify(token, []).ShouldBeNull();

        await CreateAsync(new ServiceAccount { Metadata = new() { Namespace = "default", Name = "robot" } });
        _tokens.Identify(token, []).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_ends_with_the_pod_that_it_is_bound_to()
    {
        var pod = await CreateAsync(Objects.Pod("p"));
        var (token, _) = _tokens.Issue(_account, [], TimeSpan.FromHours(1), new("Pod", "p", pod.Metadata.Uid!));
        _tokens.Identify(token, [])!.User.Extra["authentication.kubernetes.io/pod-name"].ShouldBe(["p"]);

        await DeleteAsync(pod);

        _tokens.Identify(token, []).ShouldBeNull();
    }

    [Fact]
    public void A_token_for_others_is_none_for_this_server()
    {
        var (token, _) = _tokens.Issue(_account, ["vault"], TimeSpan.FromHours(1), null);

        _tokens.Identify(token, []).ShouldBeNull();
        _tokens.Identify(token, ["db", "vault"])!.Audiences.ShouldBe(["vault"]);
    }

    [Fact]
    public void A_token_that_somebody_changed_or_made_himself_is_nobodys()
    {
        var (token, claims) = _tokens.Issue(_account, [], TimeSpan.FromHours(1), null);
        var parts = token.Split('.');
        for (var i = 0; i < token.Length; i += 7)
            if (token[i] != '.') Changed(i).ShouldBeNull($"character {i}");
        using var folder = new TemporaryKeys();
        _tokens.Identify(WebToken.Write(claims, folder.Keys.Current), []).ShouldBeNull();
        _tokens.Identify($"{parts[0]}.{parts[1]}.", []).ShouldBeNull();
        var none = System.Buffers.Text.Base64Url.EncodeToString("{\"alg\":\"none\"}"u8);
        _tokens.Identify($"{none}.{parts[1]}.", []).ShouldBeNull();
        _tokens.Identify("..", []).ShouldBeNull();
        _tokens.Identify(token, []).ShouldNotBeNull();

        // The last character of base64 may hold bits that stand for nothing; any other change must be seen.
        object? Changed(int at) => at == token.Length - 1 ? null
            : _tokens.Identify($"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}", []);
    }

    [Fact]
    public void A_new_key_signs_and_the_old_one_still_counts_until_it_is_taken_out()
    {
        var (old, _) = _tokens.Issue(_account, [], TimeSpan.FromHours(1), null);
        var path = Path.Combine(_folder, "service-account.key");
        var before = File.ReadAllText(path);
        using (var other = new TemporaryKeys()) File.WriteAllText(path, other.Pem + before);

        using var rotated = new TokenKeys(_folder);
        var tokens = new ServiceAccountTokens(_registry, rotated, _time);
        var (fresh, _) = tokens.Issue(_account, [], TimeSpan.FromHours(1), null);

        tokens.Identify(old, []).ShouldNotBeNull();
        tokens.Identify(fresh, []).ShouldNotBeNull();
        _tokens.Identify(fresh, []).ShouldBeNull("the old server does not know the new key");
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private async Task<T> CreateAsync<T>(T resource) where T : Resource => (T)await _registry.CreateAsync(resource, Admin, Cancel);

    private async Task DeleteAsync(Resource resource) => await _registry.DeleteAsync(
        resource.GetDefinition(), resource.Key, new DeleteOptions { GracePeriodSeconds = 0 }, Admin, Cancel);

    private sealed class TemporaryKeys : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("kip-keys-").FullName;

        public TemporaryKeys()
        {
            Keys = new TokenKeys(_folder);
            _ = Keys.Current;
        }

        public TokenKeys Keys { get; }

        public string Pem => File.ReadAllText(Path.Combine(_folder, "service-account.key"));

        public void Dispose()
        {
            Keys.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
