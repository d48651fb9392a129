using System.Net;
using AccessLogWebhook.Admission;
using AccessLogWebhook.Certificates;
using AccessLogWebhook.Cluster;
using AccessLogWebhook.Hosting;
using AccessLogWebhook.Observability;
using AccessLogWebhook.Policy.Decisions;
using Spectre.Console;

namespace AccessLogWebhook.Demonstration;

/// <summary>
/// <c>accesslog demo</c>: the server that <c>serve</c> runs, on loopback, asked by a stand-in for the API server about every kind of
/// object in a namespace of every mode.
/// </summary>
internal sealed class DemonstrationRun(IAnsiConsole console, TimeProvider time)
{
    private static readonly ServingOptions Loopback = new() { Address = IPAddress.Loopback, HttpsPort = 0, HttpPort = 0 };

    /// <param name="stay">Whether to go on serving until cancelled.</param>
    /// <returns>Whether every case came out as it has to.</returns>
    public async Task<bool> RunAsync(bool stay, CancellationToken cancellationToken)
    {
        var cluster = new DemonstrationCluster();
        var view = new ClusterView();
        view.Publish(_ => cluster.Snapshot);
        using var authority = new DevelopmentAuthority(time);
        var certificate = new ServingCertificate();
        certificate.Use(authority.Issue("127.0.0.1", "localhost"), []);
        await using var host = new WebhookHost(
            Loopback, view, cluster, certificate, new LivePolicySettings(PolicySettings.Default), new WebhookMetrics(), time, _ => { });
        await host.StartAsync(cancellationToken).ConfigureAwait(false);

        var report = new DemonstrationReport(console);
        report.Begin(host.HttpsAddress, cluster.Snapshot.Namespaces.Count, cluster.Cases.Length);
        using var trusted = authority.Certificate;
        using var server = new StandInApiServer(host.HttpsAddress, trusted);
        var began = time.GetTimestamp();
        var outcomes = new List<CaseOutcome>();
        foreach (var @case in cluster.Cases)
        {
            outcomes.Add(await server.CreateAsync(@case, cancellationToken).ConfigureAwait(false));
        }

        var elapsed = time.GetElapsedTime(began);
        console.WriteLine();
        OutcomeTable.Write(console, outcomes, cluster.Snapshot);
        report.Sum(outcomes, server.Reviews, elapsed);
        report.Changes(outcomes);
        report.Refusals(outcomes);
        report.Warnings(outcomes);
        if (stay)
        {
            using var example = new CurlExample(authority, cluster.Cases[0]);
            report.Staying(example, host.HttpsAddress, host.HttpAddress);
            await host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            report.End();
        }

        return report.Unexpected(outcomes);
    }
}
