using System.Text;
using AccessLogWebhook.Tests.Support;

namespace AccessLogWebhook.Tests.Auditing;

/// <summary>The page in a real browser: what a person sees and does.</summary>
public sealed class AuditPageTests : IDisposable
{
    // First column, third column.
    private const string Rows = "[...document.querySelectorAll('#list tbody tr:not(.details)')].map(row => row.cells[0].textContent + ' ' + row.cells[1].textContent + ' ' + row.cells[2].textContent).join('; ')";
    private const string Shown = "document.getElementById('shown').textContent";
    private const string Focus = "document.activeElement.id || document.activeElement.textContent";

    private readonly AuditedFiles files = new();

    [Fact]
    public async Task It_shows_the_worst_first_and_nothing_is_refused()
    {
        await using var page = await OpenAsync(AuditedFiles.Cluster);

        Assert.Equal(
            "Missing bank Pod/old-0; Conflicting blog Pod/web; Unknown slip Pod/web; Inert bank Gateway/edge; NotAsked idle Pod/web; Logged bank Deployment/api; Logged idle Pod/early",
            await page.TextAsync(Rows));
        Assert.Equal("8 of 8 workloads, of 7 of 7 owners.", await page.TextAsync(Shown));
        Assert.Equal("2 logged, 1 not logged, 1 inert of 4", await page.TextAsync("document.querySelector('#coverage tbody svg').getAttribute('aria-label')"));
        Assert.Contains("carries no access-log profile. Add the labels", await page.TextAsync("document.querySelector('#list tbody tr').textContent"), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task It_is_searched_filtered_and_sorted()
    {
        await using var page = await OpenAsync(AuditedFiles.Cluster);

        await page.PressAsync("/");
        Assert.Equal("search", await page.TextAsync(Focus));
        await page.TypeAsync("API-5f7-b");
        await page.UntilAsync($"{Shown} === '2 of 8 workloads, of 1 of 7 owners.'");
        Assert.Equal("Logged bank Deployment/api", await page.TextAsync(Rows));
        await page.PressAsync("Escape");
        Assert.Equal("8 of 8 workloads, of 7 of 7 owners.", await page.TextAsync(Shown));

        await page.EvaluateAsync("document.querySelector('[data-verdict=Logged]').click()");
        Assert.Equal("Logged bank Deployment/api; Logged idle Pod/early", await page.TextAsync(Rows));
        Assert.Equal("true", await page.TextAsync("document.querySelector('[data-verdict=Logged]').getAttribute('aria-pressed')"));
        await page.EvaluateAsync("[...document.querySelectorAll('#coverage tbody button')].find(button => button.textContent === 'idle').click()");
        Assert.Equal("Logged idle Pod/early", await page.TextAsync(Rows));
        await page.EvaluateAsync("document.getElementById('clear').click()");

        await page.EvaluateAsync("document.querySelector('[data-column=count]').click()");
        Assert.StartsWith("Logged bank Deployment/api; ", await page.TextAsync(Rows), StringComparison.Ordinal);
        Assert.Equal("descending", await page.TextAsync("document.querySelector('[data-column=count]').parentElement.getAttribute('aria-sort')"));
        await page.EvaluateAsync("document.querySelector('[data-column=namespace]').click()");
        Assert.StartsWith("Missing bank Pod/old-0; Inert bank Gateway/edge; Logged bank Deployment/api; ", await page.TextAsync(Rows), StringComparison.Ordinal);
        await page.EvaluateAsync("document.querySelector('[data-column=namespace]').click()");
        Assert.StartsWith("Unknown slip Pod/web; ", await page.TextAsync(Rows), StringComparison.Ordinal);
        await page.PressAsync("/");
        await page.TypeAsync("nothing like it");
        await page.UntilAsync($"{Shown} === 'Nothing matches.'");
    }

    [Fact]
    public async Task It_is_gone_through_by_keyboard()
    {
        await using var page = await OpenAsync(AuditedFiles.Cluster);

        await page.PressAsync("Tab");
        Assert.Equal("Skip to the workloads", await page.TextAsync(Focus));
        await page.PressAsync("/");
        await page.PressAsync("ArrowDown");
        Assert.Equal("Pod/old-0", await page.TextAsync(Focus));
        await page.PressAsync("ArrowDown");
        await page.PressAsync("ArrowDown");
        await page.PressAsync("ArrowUp");
        Assert.Equal("Pod/web", await page.TextAsync(Focus));
        Assert.Equal("false", await page.TextAsync("document.activeElement.getAttribute('aria-expanded')"));
        await page.PressAsync("Enter");
        Assert.Equal("true", await page.TextAsync("document.activeElement.getAttribute('aria-expanded')"));
        Assert.Contains("Pod web", await page.TextAsync("document.querySelector('#list tr.details').textContent"), StringComparison.Ordinal);
        await page.PressAsync(" ");
        Assert.Equal("0", await page.TextAsync("String(document.querySelectorAll('#list tr.details').length)"));
        await page.PressAsync("ArrowUp");
        await page.PressAsync("ArrowUp");
        Assert.Equal("search", await page.TextAsync(Focus));
    }

    [Fact]
    public async Task It_is_dark_and_light_as_asked_for_and_light_on_paper()
    {
        const string back = "getComputedStyle(document.documentElement).backgroundColor";
        await using var page = await OpenAsync(AuditedFiles.Cluster);

        await page.EmulateAsync("prefers-color-scheme", "dark");
        Assert.Equal("rgb(15, 19, 24)", await page.TextAsync(back));
        await page.EvaluateAsync("document.getElementById('theme').click()");
        Assert.Equal("Theme: light", await page.TextAsync("document.getElementById('theme').textContent"));
        Assert.Equal("rgb(255, 255, 255)", await page.TextAsync(back));
        await page.EmulateAsync("prefers-color-scheme", "light");
        await page.EvaluateAsync("document.getElementById('theme').click()");
        Assert.Equal("rgb(15, 19, 24)", await page.TextAsync(back));
        await page.EmulateAsync("prefers-color-scheme", "dark", media: "print");
        Assert.Equal("rgb(255, 255, 255)", await page.TextAsync(back));
        Assert.Equal("none", await page.TextAsync("getComputedStyle(document.getElementById('filters')).display"));
    }

    [Theory]
    [InlineData(360)]
    [InlineData(768)]
    [InlineData(1920)]
    public async Task Nothing_of_it_is_cut_off_however_wide_the_window_is(int width)
    {
        await using var page = await OpenAsync(AuditedFiles.Cluster);

        await page.ResizeAsync(width);

        Assert.Equal("true", await page.TextAsync("String(document.documentElement.scrollWidth <= innerWidth)"));
    }

    [Fact]
    public async Task Fifty_thousand_workloads_are_rendered_as_they_are_looked_at()
    {
        var cluster = new StringBuilder("apiVersion: v1\nkind: List\nitems:\n");
        for (var number = 0; number < 50_000; number++)
        {
            cluster.Append(System.Globalization.CultureInfo.InvariantCulture, $"- {{apiVersion: v1, kind: Pod, metadata: {{namespace: n{number / 50}, name: api-{number}, ownerReferences: [{{apiVersion: apps/v1, kind: StatefulSet, name: s{number / 5}}}]}}}}\n");
        }

        await using var page = await OpenAsync(cluster.ToString());

        Assert.Equal("50000 of 50000 workloads, of 10000 of 10000 owners.", await page.TextAsync(Shown));
        Assert.InRange(int.Parse(await page.TextAsync("String(document.querySelectorAll('#list tbody tr').length)"), System.Globalization.CultureInfo.InvariantCulture), 1, 1_000);
        await page.PressAsync("/");
        await page.TypeAsync("api-49999");
        await page.UntilAsync($"{Shown} === '5 of 50000 workloads, of 1 of 10000 owners.'");
        Assert.Equal("NotAsked n999 StatefulSet/s9999", await page.TextAsync(Rows));
        Assert.Equal("Show all 1000 namespaces", await page.TextAsync("document.getElementById('all-namespaces').textContent"));
    }

    [Fact]
    public async Task Hostile_names_are_text()
    {
        await using var page = await OpenAsync(
            """
            {apiVersion: v1, kind: Pod, metadata: {namespace: "<b>n</b>", name: "</script><script>document.title = 'taken'</script>"}}

            """);

        Assert.Contains("Pod/</script><script>document.title = 'taken'</script>", await page.TextAsync(Rows), StringComparison.Ordinal);
        Assert.StartsWith("Access log audit", await page.TextAsync("document.title"), StringComparison.Ordinal);
        Assert.Equal("<b>n</b>", await page.TextAsync("document.querySelector('#coverage tbody button').textContent"));
        Assert.Empty(page.Complaints);
    }

    public void Dispose() => files.Dispose();

    private async Task<Chromium> OpenAsync(string cluster)
    {
        Assert.SkipWhen(Chromium.Executable is null, Chromium.Missing);
        var file = files["audit.html"];
        Assert.Equal(0, (await files.AuditTextAsync(cluster, "-o", "html", "--output-file", file)).ExitCode);
        return await Chromium.OpenAsync(file);
    }
}
