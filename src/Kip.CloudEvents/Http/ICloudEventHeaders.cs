namespace Kip.CloudEvents.Http;

/// <summary>Where a writer puts an HTTP message's headers: an adapter over whatever HTTP library sends it.</summary>
public interface ICloudEventHeaders
{
    /// <summary>Adds a header; each name comes once.</summary>
    void Add(string name, string value);
}
