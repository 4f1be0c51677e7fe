import {readFile} from 'node:fs/promises';
import {statfs} from 'node:fs/promises';
import {answersSchema} from '../source/answers/schema.ts';
import {createBundlePort} from '../source/bundle/bundle.ts';
import {createCluster} from '../source/cluster/cluster.ts';
import {createPostgres} from '../source/database/postgres.ts';
import {systemClock} from '../source/engine/clock.ts';
import {createHelm} from '../source/helm/helm.ts';
import {createDns} from '../source/network/dns.ts';
import {createHttps} from '../source/network/https.ts';
import {createTls} from '../source/network/tls.ts';
import {createRegistry} from '../source/registry/registry.ts';
import {installSteps} from '../source/steps/index.ts';
import {createZenml} from '../source/zenml/client.ts';
import {startRehearsal} from '../source/rehearsal/world.ts';
const t0=Date.now(); const at=()=>((Date.now()-t0)/1000).toFixed(2);
const [,, dir='/tmp/zh-try', pace='fast', fault] = process.argv;
const r = await startRehearsal({directory: dir, pace: pace as 'fast', log: l=>console.log(at(),'  rehearsal:',l), ...(fault?{fault: fault as never}:{})});
const answers = answersSchema.parse({...r.answers, helm:{binary: `${process.env.HOME}/.cache/zenml-airgap/helm/${process.env.HELMV ?? '3.18.0'}/helm`}, organization:{name:'default', users:[{username:'ada', role:'admin'}]}});
const signal = new AbortController().signal;
const https = createHttps();
const secret = async (ref: string) => (await readFile(ref.slice(5),'utf8')).trim();
const world: any = {
 answers, signal, acknowledged: false, mode: 'install',
 report: (d: any)=>d.kind!=='item' && d.kind!=='progress' && console.log(at(),'     ',JSON.stringify(d).slice(0,300)),
 clock: systemClock,
 host: {readFile: (p: string)=>readFile(p,'utf8'), freeBytes: async()=>{const s=await statfs('/tmp'); return s.bavail*s.bsize}, stateDirectory:'/tmp'},
 bundle: createBundlePort({path: answers.bundle.path}),
 registry: createRegistry({host: answers.registry.host, plainHttp: true, username: answers.registry.username!, password: ()=>secret(answers.registry.password!)}),
 cluster: createCluster({kubeconfig: answers.kubernetes.kubeconfig!, environment: process.env} as never),
 helm: createHelm({binary: answers.helm.binary, kubeconfig: answers.kubernetes.kubeconfig!, home: '/tmp/zh-helm', environment: process.env}),
 database: createPostgres(),
 dns: createDns({server: answers.network.nameServer!}),
 tls: createTls({trustStore: answers.network.trustStore!}),
 https, zenml: createZenml({https}),
 resolveSecret: secret, registerSecret: ()=>{}, holdLease: async()=>{},
};
const hv=world.helm.values; const fix=(v: any): any=>Array.isArray(v)?v.map(fix):v&&typeof v==='object'?Object.fromEntries(Object.entries(v).reverse().map(([k,x])=>[k,fix(x)])):v; world.helm={...world.helm, values: async (...a: any[])=>fix(await hv(...a))};
const wp=world.cluster.watchPods; world.cluster={...world.cluster, watchPods: async (...a: any[])=>{await wp(...a); a[3].throwIfAborted();}};
try {
for (const step of installSteps) {
  if (step.when && !step.when(answers)) {console.log(at(), step.id,'not needed'); continue;}
  console.log(at(), '==', step.id);
  let f: any = await step.check(world);
  console.log(at(), '   check', JSON.stringify(f).slice(0,400));
  for (let i=0;i<4 && f.status==='todo';i++) { try {await step.apply!(world);} catch(e: any){ console.log(at(),'   APPLY FAILED', e.problem? JSON.stringify(e.problem,null,1): e); await new Promise(r=>setTimeout(r,1000)); } f = await step.check(world); console.log(at(), '   check', JSON.stringify(f).slice(0,600)); }
  for (let i=0;i<30 && f.status==='waiting';i++) { await new Promise(r=>setTimeout(r,300)); f = await step.check(world); }
  console.log(at(), '   end', JSON.stringify(f).slice(0,300));
  if (f.status!=='ok') break;
}
} catch(e: any) {console.log('THROWN', e.problem? JSON.stringify(e.problem,null,1): e);}
console.log(r.describe().join('\n'));
await r.stop(); console.log('stopped', at());
process.exit(0);
